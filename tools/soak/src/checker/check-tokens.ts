import type { Operation } from './operation.js';
import type { Violation } from './violation.js';

/** The same refresh token yields the same successor, each successor opens its own session, and every answer is about the session that asked. */
export function checkTokens(operations: readonly Operation[]): readonly Violation[] {
  const accepted = operations.filter(({ outcome }) => outcome === 'ok');
  return [...successors(accepted), ...strangers(accepted), ...sharedTokens(accepted)];
}

function successors(accepted: readonly Operation[]): readonly Violation[] {
  const first = new Map<string, Operation>();
  return accepted.flatMap((each): Violation[] => {
    if (each.kind !== 'refresh' || each.presented === undefined) return [];
    const before = first.get(each.presented);
    if (before === undefined) first.set(each.presented, each);
    if (before === undefined || before.issued === each.issued) return [];
    const says = `one refresh token of ${each.session ?? ''} has two successors`;
    return [{ rule: 'two-successors', says, evidence: [before, each] }];
  });
}

function strangers(accepted: readonly Operation[]): readonly Violation[] {
  return accepted.flatMap((each): Violation[] => {
    if (each.saw?.session === undefined || each.saw.session === each.session) return [];
    const says = `a ${each.kind} in ${each.session ?? ''} was answered for ${each.saw.session}`;
    return [{ rule: 'other-session', says, evidence: [each] }];
  });
}

function sharedTokens(accepted: readonly Operation[]): readonly Violation[] {
  const owner = new Map<string, Operation>();
  return accepted.flatMap((each): Violation[] => {
    if (each.issued === undefined) return [];
    const before = owner.get(each.issued) ?? each;
    owner.set(each.issued, before);
    if (before.session === each.session) return [];
    const says = `one refresh token was given to ${before.session ?? ''} and to ${each.session ?? ''}`;
    return [{ rule: 'other-session', says, evidence: [before, each] }];
  });
}
