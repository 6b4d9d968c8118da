/** The pages of the console, by the path below its root. */
export const PAGES = ['shop', 'sign-in', 'devices', 'sessions', 'topology', 'failover', 'audit'] as const;
export type PageName = (typeof PAGES)[number];

/** Where the gateway serves the console. */
export const ROOT = '/console/';

/** Where somebody is in the console. */
export interface Place {
  readonly page: PageName | 'nowhere';
  readonly query: URLSearchParams;
}

/** The page of an address. The root is the shop. */
export function placeOf(pathname: string, search: string): Place {
  const name = pathname.slice(ROOT.length).replace(/\/$/, '') || 'shop';
  const page = PAGES.find((one) => one === name) ?? 'nowhere';
  return { page, query: new URLSearchParams(search) };
}

/** The address of a page. Members that are empty are left out. */
export function addressOf(page: PageName, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = new URLSearchParams(given).toString();
  return ROOT + (page === 'shop' ? '' : page) + (search === '' ? '' : `?${search}`);
}

/** The address to go to after signing in; only ever one of the console itself. */
export function nextOf(query: URLSearchParams): string {
  const next = query.get('next') ?? '';
  return next.startsWith(ROOT) && !next.includes('//') && !next.includes('sign-in') ? next : ROOT;
}
