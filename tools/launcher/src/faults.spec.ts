import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from '@jest/globals';
import { Faults } from './faults.js';
import { FleetControl } from './fleet-control.js';
import { runCommand } from './run-command.js';
import { until } from './until.js';

const children: ChildProcess[] = [];

function startChild(): { child: ChildProcess; pid: number } {
  const child = spawn('sleep', ['60']);
  children.push(child);
  if (child.pid === undefined) throw new Error('it did not start');
  return { child, pid: child.pid };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function standsStill(pid: number): Promise<boolean> {
  const { output } = await runCommand('ps', ['-o', 'state=', '-p', String(pid)]);
  return output.startsWith('T');
}

const becomes = (still: boolean, pid: number) =>
  until(async () => (await standsStill(pid)) === still, { withinMs: 20_000 });

it('stops a process, which goes on by itself', async () => {
  const { pid } = startChild();
  expect(new Faults().inject({ id: 'order-1', pid }, { kind: 'stop', forMs: 1_500 })).toBe(true);
  expect(await becomes(true, pid)).toBe(true);
  expect(await becomes(false, pid)).toBe(true);
});

it('slows a process: it stands still and goes on, again and again, until it is over', async () => {
  const { pid } = startChild();
  const sent: string[] = [];
  const faults = new Faults((to, name) => void sent.push(`${to} ${name}`));
  faults.inject({ id: 'order-1', pid }, { kind: 'slow', forMs: 60_000 });
  const timesOf = (name: string) => sent.filter((each) => each === `${pid} ${name}`).length;
  await until(() => timesOf('SIGSTOP') > 1 && timesOf('SIGCONT') > 1, { withinMs: 20_000 });
  expect(sent[0]).toBe(`${pid} SIGSTOP`);
  faults.endAll();
  expect(sent.at(-1)).toBe(`${pid} SIGCONT`);
});

it('kills a process', async () => {
  const { child, pid } = startChild();
  const ended = once(child, 'exit');
  new Faults().inject({ id: 'order-1', pid }, { kind: 'kill', forMs: 1 });
  expect(await ended).toEqual([null, 'SIGKILL']);
});

it('has one fault of a process at a time, and leaves none when all end', async () => {
  const { pid } = startChild();
  const faults = new Faults();
  faults.inject({ id: 'order-1', pid }, { kind: 'slow', forMs: 60_000 });
  faults.inject({ id: 'order-1', pid }, { kind: 'stop', forMs: 60_000 });
  expect(await becomes(true, pid)).toBe(true);
  faults.endAll();
  expect(await becomes(false, pid)).toBe(true);
});

it('breaks no process that has ended', async () => {
  const { child, pid } = startChild();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(new Faults().inject({ id: 'order-1', pid }, { kind: 'stop', forMs: 1 })).toBe(false);
});

it('breaks only what may be broken, and answers nothing that is no question', () => {
  const injected: unknown[] = [];
  const processes = [
    { id: 'order-1', role: 'order', pid: 7, port: 1 },
    { id: 'postgres', role: 'postgres', pid: 8, port: 2 },
  ] as const;
  const control = new FleetControl(() => processes, {
    inject: ({ id }, fault) => injected.push([id, fault]) > 0,
  });
  const fault = { about: 'fault', id: 'order-1', kind: 'stop', forMs: 5 };
  expect(control.answer(fault)).toBe('accepted');
  expect(control.answer({ ...fault, id: 'postgres' })).toBe('unknown');
  expect(control.answer({ ...fault, id: 'order-9' })).toBe('unknown');
  for (const odd of [
    null,
    'x',
    {},
    { about: 'x' },
    { ...fault, kind: 'burn' },
    { ...fault, forMs: 60_001 },
  ]) {
    expect(control.answer(odd)).toBeUndefined();
  }
  expect(control.answer({ about: 'processes' })).toBe(processes);
  expect(injected).toEqual([['order-1', { kind: 'stop', forMs: 5 }]]);
});
