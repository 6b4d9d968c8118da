import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkHistory } from './check-history.js';
import type { FaultNote, History, Operation } from './operation.js';
import { SPREAD_MS, type Limits } from './violation.js';
import { validHistory } from './spec/valid-history.js';

/** An operation of `s1` of `u1` that was acknowledged 5 ms after it was sent. */
function operation(startMs: number, more: Partial<Operation> = {}): Operation {
  const base = { id: startMs, kind: 'read', startMs, endMs: startMs + 5, at: 'gateway' } as const;
  return { ...base, user: 'u1', session: 's1', outcome: 'ok', ...more };
}

const begin = operation(0, { kind: 'begin', issued: 't0' });
const begin2 = operation(1, { kind: 'begin', issued: 'x0', session: 's2' });
const ended = { outcome: 'refused', code: 'ERR_SESSION_ENDED', because: 'logout' } as const;
const none = { outcome: 'refused', code: 'invalid_grant' } as const;
const lost = { outcome: 'unknown', code: 'TimeoutError' } as const;

/** What a history of `s1` breaks. */
function rules(
  operations: readonly Operation[],
  faults: readonly FaultNote[] = [],
  limits: Partial<Limits> = {},
): readonly string[] {
  return checkHistory({ operations: [begin, ...operations], faults }, limits).map(({ rule }) => rule);
}

describe('what was ended', () => {
  const logout = operation(10, { kind: 'end', scope: 'own' });

  it('may be accepted by what was sent before the acknowledgement, and not by what was sent after', () => {
    expect(rules([logout, operation(14), operation(20, ended)])).toEqual([]);
    expect(rules([logout, operation(16)])).toEqual(['accepted-after-end']);
    expect(rules([logout, operation(16, { kind: 'refresh', presented: 't0', issued: 't1' })])).toEqual([
      'accepted-after-end',
    ]);
  });

  it('may be accepted for as long as the receipt says', () => {
    const receipt = { ...logout, boundMs: 100 };
    expect(rules([receipt, operation(114)])).toEqual([]);
    expect(rules([receipt, operation(116)])).toEqual(['accepted-after-end']);
  });

  it('may go on where its end was refused, never sent, or not answered', () => {
    for (const outcome of ['refused', 'unsent', 'unknown'] as const) {
      const code = outcome === 'refused' ? 'ERR_RATE_LIMITED' : undefined;
      expect(rules([{ ...logout, outcome, code }, operation(20)])).toEqual([]);
    }
  });

  it.each(['hybrid', 'store'] as const)('does not come back, whoever ended it, with %s', (strategy) => {
    const unanswered = operation(10, { kind: 'end', scope: 'own', ...lost });
    const spreadMs = SPREAD_MS[strategy];
    const judge = (startMs: number) =>
      rules([unanswered, operation(20, ended), operation(spreadMs + startMs)], [], { spreadMs });
    expect(judge(24)).toEqual([]);
    expect(judge(26)).toEqual(['came-back']);
  });

  it('may be accepted by an instance that has not heard of it, where nobody was told that it ended', () => {
    const unanswered = operation(10, { kind: 'end', scope: 'own', ...lost });
    expect(rules([unanswered, operation(20, ended), operation(59_000)])).toEqual([]);
    const acknowledged = operation(10, { kind: 'end', scope: 'own' });
    expect(rules([acknowledged, operation(20, ended), operation(59_000)])).toEqual(['accepted-after-end']);
  });

  it('is what an end names: one, all others, or all that had begun before', () => {
    const end = (more: Partial<Operation>) => operation(20, { kind: 'end', ...more });
    const [first, second] = [operation(30), operation(30, { session: 's2' })];
    const judge = (by: Operation, after: Operation) => rules([begin2, by, after]);
    expect(judge(end({ scope: 'one', target: 's2' }), first)).toEqual([]);
    expect(judge(end({ scope: 'one', target: 's2' }), second)).toEqual(['accepted-after-end']);
    expect(judge(end({ scope: 'others' }), first)).toEqual([]);
    expect(judge(end({ scope: 'others' }), second)).toEqual(['accepted-after-end']);
    expect(judge(end({ scope: 'everywhere' }), first)).toEqual(['accepted-after-end']);
    expect(judge(end({ scope: 'everywhere', user: 'u2' }), first)).toEqual([]);
  });

  it('may or may not be a session that began at the same time', () => {
    const everywhere = operation(3, { kind: 'end', scope: 'everywhere' });
    expect(rules([everywhere, operation(30)])).toEqual([]);
    expect(rules([everywhere, operation(30, ended)])).toEqual([]);
  });
});

describe('who is refused', () => {
  it('has lost a session that nothing can have ended', () => {
    expect(rules([operation(10, ended)])).toEqual(['signed-out']);
    expect(rules([operation(10, { kind: 'refresh', presented: 't0', ...none })])).toEqual(['signed-out']);
    expect(rules([operation(10, { ...none, code: 'ERR_UNAUTHENTICATED' })])).toEqual(['signed-out']);
  });

  it('may have been ended by what nobody answered, a while later too', () => {
    const before = operation(10, { kind: 'end', scope: 'own', ...lost });
    expect(rules([before, operation(12, ended)])).toEqual([]);
    const everywhere = { kind: 'end', scope: 'everywhere', session: 's0', ...lost } as const;
    expect(rules([operation(-9_000, everywhere), operation(10, ended)])).toEqual([]);
    expect(rules([operation(-19_000, everywhere), operation(10, ended)])).toEqual(['signed-out']);
  });

  it('may have ended itself, by a DELETE that was passed on twice', () => {
    const repeated = (scope: 'own' | 'one') => operation(10, { kind: 'end', scope, target: 's1', ...ended });
    expect(rules([repeated('one'), operation(20, ended)])).toEqual([]);
    expect(rules([repeated('own'), operation(20, ended)])).toEqual(['signed-out']);
  });

  it('shows an access token that is over, or was idle', () => {
    const expired = { outcome: 'refused', code: 'ERR_UNAUTHENTICATED', tokenUntilMs: 300_000 } as const;
    expect(rules([operation(299_000, expired)])).toEqual(['signed-out']);
    expect(rules([operation(300_001, expired)])).toEqual([]);
    const idle = { outcome: 'refused', code: 'ERR_SESSION_ENDED', because: 'idle' } as const;
    expect(rules([operation(1_700_000, idle)])).toEqual(['signed-out']);
    expect(rules([operation(1_800_000, idle)])).toEqual([]);
  });

  it('is no thief who shows a token again soon, and is one by right who shows it late', () => {
    const theft = { outcome: 'refused', code: 'invalid_grant', because: 'token-reuse' } as const;
    const first = operation(10, { kind: 'refresh', presented: 't0', ...lost });
    const again = (startMs: number) => operation(startMs, { kind: 'refresh', presented: 't0', ...theft });
    expect(rules([first, again(29_000)])).toEqual(['thief']);
    expect(rules([first, again(31_000)])).toEqual([]);
    expect(rules([operation(40, { ...theft, code: 'ERR_SESSION_ENDED' })])).toEqual(['thief']);
  });

  it('may have been overtaken by a step-up', () => {
    const refused = operation(30, { kind: 'refresh', presented: 't0', ...none });
    const stepUp = operation(10, { kind: 'step-up', issued: 't1' });
    expect(rules([stepUp, refused])).toEqual([]);
    expect(rules([stepUp, { ...refused, presented: 't1' }])).toEqual(['signed-out']);
  });

  it('is asked to wait, and never refused for another reason', () => {
    expect(rules([operation(10, { outcome: 'refused', code: 'ERR_RATE_LIMITED' })])).toEqual([]);
    expect(rules([operation(10, { outcome: 'refused', code: 'ERR_FORBIDDEN' })])).toEqual(['wrong-refusal']);
    const signIn = {
      kind: 'begin',
      session: undefined,
      outcome: 'refused',
      code: 'ERR_CREDENTIALS',
    } as const;
    expect(rules([operation(10, signIn)])).toEqual(['wrong-refusal']);
  });
});

describe('a preference', () => {
  const write = (startMs: number, more: Partial<Operation> = {}) =>
    operation(startMs, { kind: 'write', wrote: `v${startMs}`, ...more });
  const read = (startMs: number, preference: string | null) => operation(startMs, { saw: { preference } });
  const fall = { fault: 'primary killed', startMs: 41, endMs: 42, losesUnacknowledged: true };

  it('is the last one that was acknowledged, or one at the same time or later', () => {
    expect(rules([read(8, null), write(10), read(20, 'v10'), write(30), read(32, 'v10')])).toEqual([]);
    expect(rules([write(10), write(12), read(20, 'v10')])).toEqual([]);
    expect(rules([write(10), read(20, null)])).toEqual(['lost-write']);
    expect(rules([write(10), write(20), read(30, 'v10')])).toEqual(['lost-write']);
  });

  it('may be what nobody answered, or was given up as the session ended', () => {
    expect(rules([write(10), write(20, lost), read(30, 'v20'), read(40, 'v20')])).toEqual([]);
    expect(rules([write(10), write(20, lost), write(30), read(40, 'v20')])).toEqual([]);
    const end = operation(28, { kind: 'end', scope: 'own' });
    expect(rules([write(20, { ...ended, endMs: 40 }), read(26, 'v20'), end])).toEqual([]);
  });

  it('is nothing that nobody wrote, wrote later, or was told that it was not written', () => {
    expect(rules([read(10, 'other')])).toEqual(['phantom-write']);
    expect(rules([read(10, 'v20'), write(20)])).toEqual(['phantom-write']);
    const refused = { outcome: 'refused', code: 'ERR_RATE_LIMITED' } as const;
    expect(rules([write(10, refused), read(20, 'v10')])).toEqual(['phantom-write']);
  });

  it('never goes back, unless a primary fell with what was not acknowledged', () => {
    const seen = [write(10), write(20, lost), read(30, 'v20'), read(40, 'v10')];
    expect(rules(seen)).toEqual(['went-back']);
    expect(rules(seen, [fall])).toEqual([]);
    expect(rules(seen, [{ ...fall, losesUnacknowledged: false }])).toEqual(['went-back']);
  });
});

describe('a count', () => {
  const add = (startMs: number, more: Partial<Operation> = {}) =>
    operation(startMs, { kind: 'add', ...more });
  const read = (startMs: number, count: number) => operation(startMs, { saw: { count } });

  it('is at least what was acknowledged before, and at most what may have been added', () => {
    expect(rules([add(10), add(20, lost), add(30), read(32, 1), read(40, 2), read(50, 3)])).toEqual([]);
    expect(rules([add(10), add(20), read(30, 1)])).toEqual(['lost-add']);
    expect(rules([add(10, { saw: { count: 0 } })])).toEqual(['lost-add']);
    expect(rules([add(10), add(20, { outcome: 'unsent' }), read(30, 2)])).toEqual(['surplus-add']);
    expect(rules([read(10, 1), add(20)])).toEqual(['surplus-add']);
  });

  it('never goes back, unless a primary fell with what was not acknowledged', () => {
    const seen = [add(10, lost), read(20, 1), read(30, 0)];
    expect(rules(seen)).toEqual(['went-back']);
    const fall = { fault: 'primary hung', startMs: 22, endMs: 28, losesUnacknowledged: true };
    expect(rules(seen, [fall])).toEqual([]);
  });
});

describe('a refresh', () => {
  const refresh = (startMs: number, presented: string, issued: string) =>
    operation(startMs, { kind: 'refresh', presented, issued, saw: { session: 's1' } });

  it('gives the same successor each time, which opens the same session', () => {
    expect(rules([refresh(10, 't0', 't1'), refresh(11, 't0', 't1'), refresh(30, 't1', 't2')])).toEqual([]);
    expect(rules([refresh(10, 't0', 't1'), refresh(11, 't0', 't2')])).toEqual(['two-successors']);
    expect(rules([{ ...refresh(10, 't0', 't1'), saw: { session: 's2' } }])).toEqual(['other-session']);
    expect(rules([begin2, refresh(10, 't0', 'x0')])).toEqual(['other-session']);
  });
});

it('wants an answer when all is well again', () => {
  expect(rules([operation(10, { isFinal: true, ...lost })])).toEqual(['unanswered']);
  expect(rules([operation(10, { isFinal: true }), operation(20, lost)])).toEqual([]);
});

it('finds nothing wrong with any history of a store that keeps every promise', () => {
  fc.assert(
    fc.property(validHistory, (history) => {
      expect(checkHistory(history)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

/** Each falsifies one operation of a history; `undefined` where it has none of that kind. */
const FALSIFICATIONS: Readonly<
  Record<string, (history: History, chance: (all: readonly Operation[]) => Operation | undefined) => Change>
> = {
  'accepted-after-end': ({ operations }, chance) => {
    const late = operations.filter(
      (each) => each.outcome === 'refused' && operations.some((end) => surelyEnds(end, each, operations)),
    );
    return change(chance(late), { outcome: 'ok', code: undefined, because: undefined });
  },
  'signed-out': ({ operations }, chance) =>
    change(chance(steady(operations)), { ...ended, saw: undefined, issued: undefined }),
  thief: ({ operations }, chance) =>
    change(chance(steady(operations)), {
      ...ended,
      because: 'token-reuse',
      saw: undefined,
      issued: undefined,
    }),
  'wrong-refusal': ({ operations }, chance) =>
    change(chance(steady(operations)), {
      outcome: 'refused',
      code: 'ERR_FORBIDDEN',
      issued: undefined,
    }),
  'lost-write': ({ operations }, chance) => {
    const readers = operations.filter(
      (read) =>
        read.saw?.preference !== undefined &&
        operations.some((write) => write.kind === 'write' && isSureBefore(write, read)),
    );
    const read = chance(readers);
    return change(read, { saw: { ...read?.saw, preference: null } });
  },
  'phantom-write': ({ operations }, chance) => {
    const read = chance(operations.filter(({ saw }) => saw?.preference !== undefined));
    return change(read, { saw: { ...read?.saw, preference: 'nobody wrote this' } });
  },
  'lost-add': ({ operations }, chance) => {
    const sureOf = (read: Operation) =>
      operations.filter((add) => add.kind === 'add' && isSureBefore(add, read)).length;
    const read = chance(operations.filter((each) => each.saw?.count !== undefined && sureOf(each) > 0));
    return change(read, { saw: { ...read?.saw, count: read === undefined ? 0 : sureOf(read) - 1 } });
  },
  'surplus-add': ({ operations }, chance) => {
    const read = chance(operations.filter(({ saw }) => saw?.count !== undefined));
    return change(read, { saw: { ...read?.saw, count: 1_000 } });
  },
  'two-successors': ({ operations }, chance) => {
    const refreshes = operations.filter(({ kind, outcome }) => kind === 'refresh' && outcome === 'ok');
    const repeated = refreshes.filter(
      (each) => refreshes.filter(({ presented }) => presented === each.presented).length > 1,
    );
    return change(chance(repeated), { issued: 'another' });
  },
  'other-session': ({ operations }, chance) => {
    const read = chance(operations.filter(({ saw }) => saw?.session !== undefined));
    return change(read, { saw: { ...read?.saw, session: 'somebody else’s' } });
  },
  unanswered: ({ operations }, chance) =>
    change(chance(operations.filter(({ outcome }) => outcome === 'unknown')), { isFinal: true }),
};

type Change = { readonly of: Operation; readonly to: Operation } | undefined;

function change(of: Operation | undefined, changes: Partial<Operation>): Change {
  return of === undefined ? undefined : { of, to: { ...of, ...changes } };
}

function isSureBefore(earlier: Operation, { session, startMs }: Operation): boolean {
  return earlier.session === session && earlier.outcome === 'ok' && earlier.endMs < startMs;
}

function surelyEnds(
  end: Operation,
  { session, user, startMs }: Operation,
  all: readonly Operation[],
): boolean {
  if (end.kind !== 'end' || end.outcome !== 'ok' || end.user !== user || end.endMs >= startMs) return false;
  if (end.scope === 'own') return end.session === session;
  if (end.scope === 'one') return end.target === session;
  const began = all.find((each) => each.kind === 'begin' && each.session === session);
  const isMeant = end.scope === 'everywhere' || end.session !== session;
  return isMeant && began !== undefined && began.endMs <= end.startMs;
}

/** Of those, what no step-up can have overtaken. */
function steady(operations: readonly Operation[]): readonly Operation[] {
  return inLiveSessions(operations).filter(
    ({ session }) => !operations.some((each) => each.kind === 'step-up' && each.session === session),
  );
}

/** What was accepted of users for whom no end had begun. */
function inLiveSessions(operations: readonly Operation[]): readonly Operation[] {
  const ends = operations.filter(({ kind }) => kind === 'end');
  return operations.filter(
    (each) =>
      each.kind !== 'begin' &&
      each.outcome === 'ok' &&
      !ends.some((end) => end.user === each.user && end.startMs < each.endMs),
  );
}

it.each(Object.keys(FALSIFICATIONS))('catches any history that was falsified to show %s', (rule) => {
  fc.assert(
    fc.property(validHistory, fc.nat(), (history, number) => {
      const changed = FALSIFICATIONS[rule]?.(history, (all) => all[number % Math.max(all.length, 1)]);
      fc.pre(changed !== undefined);
      const operations = history.operations.map((each) => (each === changed?.of ? changed.to : each));
      const found = checkHistory({ ...history, operations });
      expect(found.map((violation) => violation.rule)).toContain(rule);
      const shown = found.flatMap(({ evidence }) => evidence.map(({ id }) => id));
      expect(shown).toContain(changed?.of.id);
    }),
    { numRuns: 50, maxSkipsPerRun: 1_000 },
  );
});
