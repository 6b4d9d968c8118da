import type { FaultKind, PlatformEvent } from '../api/platform.js';
import { plural } from '../format/number.js';

/** What happened, in the words of a failover. */
export type MarkKind = 'fault' | 'detected' | 'elected' | 'recovered' | 'drained' | 'session' | 'key';

/** One thing that happened. */
export interface Mark {
  readonly id: string;
  readonly kind: MarkKind;
  /** Epoch milliseconds, by the platform's clock; of faults by this browser's. */
  readonly at: number;
  /** The process or store that it is about. */
  readonly subject: string;
  readonly text: string;
  /** How many told of it: each gateway worker ejects for itself. */
  readonly times: number;
  /** Of a fault that ends by itself: after how long. */
  readonly lastsMs?: number | undefined;
}

/** A fault that was asked for here. */
export interface FaultAsked {
  readonly id: string;
  readonly kind: FaultKind | 'drain' | 'undrain';
  readonly target: string;
  readonly at: number;
  /** How long it lasts; `undefined`: until somebody does something about it. */
  readonly forMs?: number;
}

/** Ejections of one instance so close together are one thing, seen by several. */
const SAME_WITHIN_MS = 3_000;

/** The marks of events and faults, oldest first. `names`: ids of stores by their address, which is all that an event knows. */
export function marksOf(
  events: readonly PlatformEvent[],
  faults: readonly FaultAsked[],
  names: ReadonlyMap<string, string> = new Map(),
): readonly Mark[] {
  const all = [...events.map((event) => markOfEvent(event, names)), ...faults.map(markOfFault)].sort(
    (one, other) => one.at - other.at,
  );
  return all.reduce<readonly Mark[]>((marks, mark) => {
    const same = marks.find((one) => isSame(one, mark));
    if (!same) return [...marks, mark];
    return marks.map((one) => (one === same ? { ...one, times: one.times + 1 } : one));
  }, []);
}

function isSame(one: Mark, other: Mark): boolean {
  return one.text === other.text && one.kind === 'detected' && other.at - one.at < SAME_WITHIN_MS;
}

function markOfFault({ id, kind, target, at, forMs }: FaultAsked): Mark {
  const calm = kind === 'drain' || kind === 'undrain';
  return {
    id,
    kind: calm ? 'drained' : 'fault',
    at,
    subject: target,
    text: `${FAULT_WORDS[kind]} ${target}`,
    times: 1,
    lastsMs: forMs,
  };
}

const FAULT_WORDS: Readonly<Record<FaultAsked['kind'], string>> = {
  kill: 'killed',
  stop: 'stopped',
  slow: 'slowed',
  drain: 'asked to drain:',
  undrain: 'asked to take requests again:',
};

function markOfEvent(event: PlatformEvent, names: ReadonlyMap<string, string>): Mark {
  const named = subjectOf(event);
  const subject = names.get(named) ?? named;
  return { id: event.id, at: Date.parse(event.time), subject, times: 1, ...wordsOf(event, subject) };
}

function wordsOf(event: PlatformEvent, subject: string): Pick<Mark, 'kind' | 'text'> {
  switch (event.type) {
    case 'instance-up':
    case 'worker-up':
      return { kind: 'recovered', text: `${subject} takes requests` };
    case 'instance-ejected':
      return { kind: 'detected', text: `${subject} ejected${because(event)}` };
    case 'instance-drained':
    case 'worker-drained':
      return { kind: 'drained', text: `${subject} drains` };
    case 'instance-down':
    case 'worker-down':
      return { kind: 'detected', text: `${subject} is gone` };
    case 'store-primary-changed':
      return { kind: 'elected', text: `Redis primary is now ${subject}` };
    case 'session-revoked':
      return {
        kind: 'session',
        text: `${plural(Number(event['revoked'] ?? 1), 'session')} ended: ${String(event['because'])}`,
      };
    case 'key-rotated':
      return { kind: 'key', text: 'next signing key published' };
    default:
      return { kind: 'session', text: event.type satisfies never };
  }
}

function subjectOf(event: PlatformEvent): string {
  const { instance, primary, userId, kid, worker } = event;
  const named = [instance, primary, userId, kid].find((value) => typeof value === 'string');
  return typeof named === 'string' ? named : worker;
}

const REASONS: Readonly<Record<string, string>> = {
  'gateway-error': 'answers with errors',
  'local-failure': 'cannot be reached',
  'failed-checks': 'fails its checks',
};

function because({ because: reason }: PlatformEvent): string {
  return typeof reason === 'string' ? `: ${REASONS[reason] ?? reason}` : '';
}

/** From a fault to when all was well again. */
export interface Episode {
  readonly fault: Mark;
  /** Until a gateway or the registry noticed; `undefined`: not yet. */
  readonly detectedAfterMs: number | undefined;
  /** Until the process takes requests again, or another is primary. */
  readonly recoveredAfterMs: number | undefined;
}

/** What became of each fault, newest first. */
export function episodesOf(marks: readonly Mark[]): readonly Episode[] {
  return marks
    .filter(({ kind }) => kind === 'fault')
    .map((fault) => {
      const next = marks.find(
        (mark) => isAfter(mark, fault) && mark.kind === 'fault' && mark.subject === fault.subject,
      );
      const until = next?.at ?? Number.POSITIVE_INFINITY;
      const after = (kinds: readonly MarkKind[]) => {
        const found = marks.find(
          (mark) =>
            isAfter(mark, fault) && mark.at < until && kinds.includes(mark.kind) && concerns(mark, fault),
        );
        return found && Math.max(0, found.at - fault.at);
      };
      return {
        fault,
        detectedAfterMs: after(['detected', 'elected']),
        recoveredAfterMs: after(['recovered', 'elected']),
      };
    })
    .reverse();
}

function isAfter(mark: Mark, fault: Mark): boolean {
  return mark !== fault && mark.at >= fault.at;
}

/** A store has no event under its own name: that another one was elected is its end. */
function concerns(mark: Mark, fault: Mark): boolean {
  return mark.subject === fault.subject || (mark.kind === 'elected' && fault.subject.startsWith('redis'));
}
