/** What of the trail is asked for. Empty: all. */
export interface Filters {
  readonly userId: string;
  readonly sessionId: string;
  readonly type: string;
  readonly outcome: string;
}

/** The filters that an address names. */
export function filtersOf(query: URLSearchParams): Filters {
  const of = (name: string) => query.get(name)?.trim() ?? '';
  return { userId: of('userId'), sessionId: of('sessionId'), type: of('type'), outcome: of('outcome') };
}

/** A query of what is not empty. */
export function queryString(members: Readonly<Record<string, string>>): string {
  return new URLSearchParams(Object.entries(members).filter(([, value]) => value !== '')).toString();
}
