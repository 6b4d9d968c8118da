import { MemoryRevocationLedger } from '@holdfast/session-core';
import { TcpProxy } from '@holdfast/session-testing';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RedisConfig } from '../create-redis.js';
import type { Reconciler } from '../reconciler.js';
import { eventually } from './eventually.js';
import { Member } from './member.js';
import { Reader, systemMs, type ReaderReport } from './reader.js';
import type { Told } from './reader-process.js';
import type { RedisFleet } from './redis-fleet.js';

const PROGRAM = fileURLToPath(new URL('reader-process.ts', import.meta.url));
const LOADER = new URL('../../../../../tools/launcher/jest/ts-loader.mjs', import.meta.url).href;
/** Sessions that are read at a time. */
const SESSIONS = 40;
/** Who begin sessions at the same time, and who end them. */
const CLIENTS = 10;
/** An ended session is read for so long. */
const READ_ON_MS = 4_000;

/** A member that reads, here or in a process of its own, and its four ways to the primary. */
export interface ReadingMember {
  readonly ways: readonly TcpProxy[];
  readonly process: ChildProcess | undefined;
  tell(told: Told): void;
  stop(): Promise<ReaderReport>;
}

/** When a session ended, by `systemMs`, and since when all members have said that they know it. */
export interface End {
  readonly sessionId: string;
  readonly endedAt: number;
  readonly acknowledgedAt: number | undefined;
}

/** Members that read what one of them begins and ends, over ways that can be disturbed. */
export class Chaos {
  readonly auth: Member;
  readonly readers: ReadingMember[] = [];
  readonly #reconciler: Reconciler;
  readonly #ledger = new MemoryRevocationLedger();
  readonly #live: string[] = [];
  readonly #working: Promise<unknown>[] = [];
  readonly #ends: Promise<End>[] = [];
  #isOver = false;
  #acknowledgedEnds = 0;

  constructor(readonly fleet: RedisFleet) {
    this.auth = new Member(fleet.config, { isNear: true });
    this.#reconciler = this.auth.reconcile(this.#ledger);
  }

  /** Adds members that keep sessions near, some of them in processes of their own, and one that asks each time. */
  async start({ here, apart }: { readonly here: number; readonly apart: number }): Promise<void> {
    await this.auth.stands('fresh');
    for (let at = 0; at < here; at += 1) this.readers.push(await this.#addHere(at > 0));
    for (let at = 0; at < apart; at += 1) this.readers.push(await this.#addApart());
    for (let at = 0; at < CLIENTS; at += 1) this.#working.push(this.#begin(), this.#end(at % 2 > 0));
  }

  /** Ends that all members have said they know, so far. */
  get acknowledgedEnds(): number {
    return this.#acknowledgedEnds;
  }

  /** Leads members to where the primary is now, each after a while of its own. */
  async lead(delayMs: () => number): Promise<void> {
    const { server } = await eventually(() => this.fleet.primary());
    await Promise.all(
      this.readers.map(async ({ ways }) => {
        await sleep(delayMs());
        for (const way of ways) way.lead(server.port);
        for (const way of ways) way.break();
      }),
    );
  }

  /** Ends everything; answers what each reader has seen, and when sessions ended in truth. */
  async stop(): Promise<{ readonly reports: readonly ReaderReport[]; readonly ends: readonly End[] }> {
    this.#isOver = true;
    await Promise.all(this.#working);
    const ends = await Promise.all(this.#ends);
    const reports = await Promise.all(this.readers.map((reader) => reader.stop()));
    await this.#reconciler.close();
    await this.auth.close();
    for (const { ways } of this.readers) for (const way of ways) way.close();
    return { reports, ends };
  }

  /** Has it read for a while, and says when it ended in truth. */
  async #settle(sessionId: string, acknowledgedAt: number | undefined): Promise<End> {
    await sleep(READ_ON_MS);
    for (const reader of this.readers) reader.tell({ forget: sessionId });
    const endedAt = await eventually(() => this.#endOf(sessionId));
    return { sessionId, acknowledgedAt, endedAt };
  }

  /** As the tombstone says, which is also there where nobody was told that the session has ended. */
  async #endOf(sessionId: string): Promise<number> {
    const found = await this.auth.store.read(sessionId);
    if (found.state !== 'ended') throw new Error(`An ended session is ${found.state}.`);
    return found.endedAt + systemMs() - Date.now();
  }

  async #addHere(isNear: boolean): Promise<ReadingMember> {
    const { ways, links } = await this.#open();
    const reader = new Reader(new Member(this.fleet.config, { links, isNear, patienceMs: 1_000 }));
    const tell = (told: Told): void => {
      if ('add' in told) reader.add(told.add);
      if ('forget' in told) reader.forget(told.forget);
    };
    return { ways, process: undefined, tell, stop: () => reader.stop() };
  }

  async #addApart(): Promise<ReadingMember> {
    const { ways, links } = await this.#open();
    const execArgv = ['--conditions=@holdfast/source', '--no-warnings', '--import', LOADER];
    const process = fork(PROGRAM, { execArgv });
    const tell = (told: Told): void => void (process.connected && process.send(told));
    tell({ start: { config: this.fleet.config, links } });
    const stop = async (): Promise<ReaderReport> => {
      const reported = once(process, 'message');
      tell({ stop: true });
      const [report] = (await reported) as [ReaderReport];
      return report;
    };
    return { ways, process, tell, stop };
  }

  async #open() {
    const { server } = await eventually(() => this.fleet.primary());
    const open = () => TcpProxy.to(server.port);
    const ways = { read: await open(), write: await open(), journal: await open(), general: await open() };
    const links = {
      read: urlOf(ways.read),
      write: urlOf(ways.write),
      journal: urlOf(ways.journal),
      general: urlOf(ways.general),
    };
    return { ways: Object.values(ways), links };
  }

  async #begin(): Promise<void> {
    while (!this.#isOver) {
      await sleep(5);
      if (this.#live.length >= SESSIONS) continue;
      const sessionId = await this.auth.begin().catch(() => undefined);
      if (sessionId === undefined) continue;
      this.#live.push(sessionId);
      for (const reader of this.readers) reader.tell({ add: sessionId });
    }
  }

  async #end(isTold: boolean): Promise<void> {
    for (; !this.#isOver; await sleep(20)) {
      const [sessionId] = this.#live.splice(Math.floor(Math.random() * this.#live.length), 1);
      if (sessionId === undefined) continue;
      await this.#ledger.record({ kind: 'session', sessionId, because: 'revoked' });
      const isEnded = await this.auth.store.end(sessionId, 'revoked').then(
        () => true,
        () => false,
      );
      const acknowledgedAt = isEnded && isTold ? await this.#acknowledged() : undefined;
      if (acknowledgedAt !== undefined) this.#acknowledgedEnds += 1;
      this.#ends.push(this.#settle(sessionId, acknowledgedAt));
    }
  }

  async #acknowledged(): Promise<number | undefined> {
    const { acknowledgedBy, instances } = await this.auth.acknowledged();
    return acknowledgedBy === instances ? systemMs() : undefined;
  }
}

function urlOf({ url }: TcpProxy): RedisConfig {
  return { url };
}
