import type { EndedSession, EndReason } from '@holdfast/session-core';

/** What an entry of the journal says. Sessions by their names (see `ParsedSessionId`). */
export type Heard =
  | { readonly kind: 'ended'; readonly names: readonly string[]; readonly ended: EndedSession }
  | { readonly kind: 'changed'; readonly names: readonly string[] }
  /** A term begins: whoever hears it has missed what was before. */
  | { readonly kind: 'term' };

/** An id of an entry: `<term>-<count>`. */
export interface EntryId {
  readonly term: number;
  readonly count: number;
}

/** Reads an id. '' is before everything. */
export function entryIdOf(id: string): EntryId {
  const [term, count] = id.split('-').map(Number);
  return { term: term ?? 0, count: count ?? 0 };
}

/** Whether an entry comes right after another: nothing was missed between. */
export function follows(id: string, before: string): boolean {
  const [one, other] = [entryIdOf(id), entryIdOf(before)];
  return one.term === other.term && one.count === other.count + 1;
}

/** Whether `id` is `other` or a later one of the same term. */
export function isAsFarAs(id: string, other: string): boolean {
  const [one, two] = [entryIdOf(id), entryIdOf(other)];
  return one.term === two.term && one.count >= two.count;
}

/** What an entry says; of a kind that this code does not know: that something was missed. */
export function decodeEntry([kind, said = '']: readonly string[]): Heard {
  if (kind === 'changed') return { kind, names: said.split(' ') };
  if (kind !== 'ended') return { kind: 'term' };
  const [because, endedAt, ...names] = said.split(' ');
  return {
    kind,
    names,
    ended: { state: 'ended', because: because as EndReason, endedAt: Number(endedAt) },
  };
}
