import type { History, Operation } from './checker/operation.js';
import type { Violation } from './checker/violation.js';

const COLUMNS = ['operation', 'ok', 'refused', 'unsent', 'unknown', 'codes'] as const;

/** What was done, what came of it and what struck meanwhile, as tables for a terminal. */
export function summaryOf({ operations, faults }: History): string {
  const kinds = [...new Set(operations.map(({ kind }) => kind))];
  const rows = kinds.map((kind) =>
    rowOf(
      kind,
      operations.filter((each) => each.kind === kind),
    ),
  );
  const struck = [...countBy(faults, ({ fault }) => fault)].map(([name, times]) => {
    const hits = faults.reduce((sum, each) => sum + (each.fault === name ? (each.struck ?? 0) : 0), 0);
    return [name, String(times), String(hits)];
  });
  return `${table([COLUMNS, ...rows])}\n\n${table([['fault', 'times', 'struck'], ...struck])}`;
}

/** A violation with its evidence, one line each. */
export function describe({ rule, says, evidence }: Violation): string {
  const [first] = evidence;
  const lines = evidence.map((each) => `    ${lineOf(each, first?.startMs ?? 0)}`);
  return [`✘ ${rule}: ${says}`, ...lines].join('\n');
}

function rowOf(kind: string, operations: readonly Operation[]): readonly string[] {
  const outcomes = countBy(operations, ({ outcome }) => outcome);
  const codes = countBy(
    operations.filter(({ code }) => code !== undefined),
    ({ code }) => code ?? '',
  );
  const counts = (['ok', 'refused', 'unsent', 'unknown'] as const).map((each) =>
    String(outcomes.get(each) ?? 0),
  );
  const named = [...codes].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  return [kind, ...counts, named.join(', ')];
}

function lineOf(operation: Operation, fromMs: number): string {
  const {
    kind,
    scope,
    target,
    session,
    at,
    servedBy,
    outcome,
    code,
    because,
    wrote,
    saw,
    presented,
    issued,
  } = operation;
  const ms = (at: number): string => `${Math.round(at - fromMs)}`;
  const parts = [
    `${ms(operation.startMs)}–${ms(operation.endMs)} ms`,
    [kind, scope, target].filter((part) => part !== undefined).join(' '),
    `in ${session ?? 'no session'} of ${operation.user}`,
    `at ${at}${servedBy === undefined ? '' : ` (${servedBy})`}`,
    [outcome, code, because].filter((part) => part !== undefined).join(' '),
    ...(wrote === undefined ? [] : [`wrote ${wrote}`]),
    ...(saw === undefined ? [] : [`saw ${JSON.stringify(saw)}`]),
    ...(presented === undefined ? [] : [`showed ${presented}`]),
    ...(issued === undefined ? [] : [`was given ${issued}`]),
  ];
  return parts.join('  ');
}

function countBy<T>(all: readonly T[], name: (one: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(name(one), (counts.get(name(one)) ?? 0) + 1);
  return counts;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_name, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}
