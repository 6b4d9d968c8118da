import fc from 'fast-check';
import type { EndScope, History, Operation, OperationKind } from '../operation.js';

const LANES = 4;
const USERS = 2;
const ACTIONS = [
  ...(['read', 'read', 'read', 'write', 'write', 'add', 'add', 'add'] as const),
  ...(['refresh', 'refresh', 'refresh', 'step-up', 'begin', 'begin'] as const),
  ...(['end own', 'end one', 'end others', 'end everywhere'] as const),
] as const;

/** One thing that somebody does, at some time, with some luck. */
interface Step {
  readonly lane: number;
  readonly action: (typeof ACTIONS)[number];
  readonly pick: number;
  readonly target: number;
  readonly gapMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly luck: 'ok' | 'unknown' | 'unsent';
  readonly happens: boolean;
}

/** A session as a store without faults keeps it. */
interface Kept {
  readonly name: string;
  readonly user: string;
  readonly begunMs: number;
  because?: string;
  preference: string | null;
  count: number;
  tokens: { readonly token: string; readonly knownMs: number; readonly isFresh: boolean }[];
}

const step: fc.Arbitrary<Step> = fc.record({
  lane: fc.nat(LANES - 1),
  action: fc.constantFrom(...ACTIONS),
  pick: fc.nat(),
  target: fc.nat(),
  gapMs: fc.integer({ min: 1, max: 30 }),
  beforeMs: fc.integer({ min: 1, max: 20 }),
  afterMs: fc.integer({ min: 1, max: 20 }),
  luck: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'unknown', 'unsent'),
  happens: fc.boolean(),
});

/** Histories of a store that keeps every promise, with requests at the same time and such without an answer. */
export const validHistory: fc.Arbitrary<History> = fc
  .array(step, { minLength: 40, maxLength: 160 })
  .map((steps) => ({ operations: new World().play(steps), faults: [] }));

interface Act extends Omit<Timed, 'target'> {
  readonly kind: OperationKind;
  readonly scope: EndScope | undefined;
  readonly target: Kept | undefined;
  readonly isApplied: boolean;
}
type Timed = Step & Pick<Operation, 'id' | 'startMs' | 'endMs'> & { readonly effectMs: number };
type Learnt = Partial<Operation> & Pick<Operation, 'outcome'>;

class World {
  private readonly sessions: Kept[] = [];
  private made = 0;

  /** Everything happens at one moment between its start and its end, in the order of those moments. */
  play(steps: readonly Step[]): readonly Operation[] {
    const clocks = Array.from({ length: LANES }, () => 0);
    const timed = steps.map((each, id): Timed => {
      // No two moments are the same.
      const startMs = Math.round(clocks[each.lane] ?? 0) + each.gapMs + id / 1_000;
      const effectMs = startMs + each.beforeMs;
      const endMs = effectMs + each.afterMs;
      clocks[each.lane] = endMs;
      return { ...each, id, startMs, effectMs, endMs };
    });
    return timed.sort((a, b) => a.effectMs - b.effectMs).flatMap((each) => this.perform(each));
  }

  private perform(at: Timed): readonly Operation[] {
    const { id, startMs, endMs, lane, action, luck } = at;
    const [kind = 'read', scope] = action.split(' ') as [OperationKind, EndScope?];
    const user = `u${lane % USERS}`;
    const base = { id, kind, startMs, endMs, at: 'gateway', user } as const;
    if (kind === 'begin') return [{ ...base, ...this.begin(at, user) }];
    const known = this.sessions.filter((each) => each.user === user && each.begunMs <= startMs);
    const session = known[at.pick % Math.max(known.length, 1)];
    if (session === undefined) return [];
    const draft = { ...base, session: session.name, scope };
    if (luck === 'unsent') return [{ ...draft, ...this.shown(kind, session, at), outcome: 'unsent' }];
    if (session.because !== undefined) return [{ ...draft, ...this.over(kind, session, at) }];
    const target = scope === 'one' ? known[at.target % known.length] : undefined;
    const isApplied = luck === 'ok' || at.happens;
    const learnt = this.apply(session, { ...at, kind, scope, target, isApplied });
    if (learnt === undefined) return [];
    const shown = { ...draft, target: target?.name, ...this.shown(kind, session, at) };
    if (luck === 'ok') return [{ ...shown, ...learnt }];
    const { wrote } = learnt;
    return [{ ...shown, wrote, outcome: 'unknown', code: 'TimeoutError' }];
  }

  private begin({ luck, happens, endMs }: Timed, user: string): Learnt {
    if (luck === 'unsent' || (luck === 'unknown' && !happens)) return { outcome: luck };
    const name = `s${(this.made += 1)}`;
    // Nobody uses a session of which nobody was told.
    const begunMs = luck === 'ok' ? endMs : Infinity;
    const first = { token: `${name}.0`, knownMs: endMs, isFresh: false };
    this.sessions.push({ name, user, begunMs, preference: null, count: 0, tokens: [first] });
    return luck === 'ok' ? { outcome: 'ok', session: name, issued: first.token } : { outcome: 'unknown' };
  }

  private over(kind: OperationKind, session: Kept, at: Timed): Learnt {
    const code = kind === 'refresh' ? 'invalid_grant' : 'ERR_SESSION_ENDED';
    const { because } = session;
    return at.luck === 'unknown'
      ? { ...this.shown(kind, session, at), outcome: 'unknown' }
      : { ...this.shown(kind, session, at), outcome: 'refused', code, because };
  }

  /** The token that its client knew when it asked. */
  private shown(
    kind: OperationKind,
    { tokens }: Kept,
    { startMs }: Pick<Timed, 'startMs'>,
  ): Partial<Operation> {
    if (kind !== 'refresh') return {};
    return { presented: tokens.filter(({ knownMs }) => knownMs <= startMs).at(-1)?.token };
  }

  private apply(session: Kept, at: Act): Learnt | undefined {
    const sight = () => ({ session: session.name, preference: session.preference, count: session.count });
    if (at.kind === 'refresh') return this.refresh(session, at);
    if (at.kind === 'write') {
      const wrote = `v${at.id}`;
      if (at.isApplied) session.preference = wrote;
      return { outcome: 'ok', wrote };
    }
    if (at.kind === 'add') session.count += at.isApplied ? 1 : 0;
    if (at.kind === 'end' && at.isApplied) this.end(session, at.scope, at.target);
    if (at.kind !== 'step-up')
      return at.kind === 'end' ? { outcome: 'ok', boundMs: 0 } : { outcome: 'ok', saw: sight() };
    const token = `${session.name}.fresh${at.id}`;
    if (at.isApplied) session.tokens.push({ token, knownMs: this.knownMs(at), isFresh: true });
    return { outcome: 'ok', issued: token, saw: { session: session.name } };
  }

  /** `undefined`: its client would look like a thief, and good clients do not. */
  private refresh(session: Kept, at: Act): Learnt | undefined {
    const { presented } = this.shown('refresh', session, at);
    const place = session.tokens.findIndex(({ token }) => token === presented);
    const behind = session.tokens.length - 1 - place;
    if (behind > 1) return undefined;
    const next = session.tokens[place + 1];
    if (next?.isFresh === true) return { outcome: 'refused', code: 'invalid_grant' };
    const token = next?.token ?? `${presented ?? ''}'`;
    if (next === undefined && at.isApplied) {
      session.tokens.push({ token, knownMs: this.knownMs(at), isFresh: false });
    } else if (next !== undefined && at.luck === 'ok') {
      session.tokens[place + 1] = { ...next, knownMs: Math.min(next.knownMs, at.endMs) };
    }
    return { outcome: 'ok', issued: token, saw: { session: session.name } };
  }

  private knownMs({ luck, endMs }: Pick<Timed, 'luck' | 'endMs'>): number {
    return luck === 'ok' ? endMs : Infinity;
  }

  private end(session: Kept, scope: EndScope | undefined, target: Kept | undefined): void {
    const isMeant = (each: Kept): boolean => {
      if (scope === 'own') return each === session;
      if (scope === 'one') return each === target;
      return each.user === session.user && (scope === 'everywhere' || each !== session);
    };
    for (const each of this.sessions) if (isMeant(each)) each.because ??= 'logout';
  }
}
