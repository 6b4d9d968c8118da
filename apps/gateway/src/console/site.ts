import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Vite puts the hash of what is in it into the name of everything below `assets/`. */
const HASHED = 'assets/';
const FOREVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** How a file is encoded on the wire; the best first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** A file of the console, ready to be sent. */
export interface SiteFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly etag: string;
  readonly content: Buffer;
  /** By the name of the encoding. */
  readonly encoded: ReadonlyMap<string, Buffer>;
}

/** The built console by the path below its root: read once, so that page and assets are always of one build. */
export type Site = ReadonlyMap<string, SiteFile>;

/** Reads a built site; `undefined` where none was built. */
export function readSite(folder: string): Site | undefined {
  const names = namesIn(folder);
  if (!names.includes('index.html')) return undefined;
  const files = names.filter((name) => extname(name) in TYPES);
  return new Map(files.map((name) => [name, readFile(folder, name, names)]));
}

/** The best encoding that an `Accept-Encoding` takes and a file has. */
export function encodingFor({ encoded }: SiteFile, accepted: string): string | undefined {
  const takes = new Set(
    accepted
      .toLowerCase()
      .split(',')
      .map((part) => part.split(';').map((text) => text.trim()))
      .filter(([, quality = '']) => !/^q=0(\.0*)?$/.test(quality))
      .map(([name]) => name),
  );
  return ENCODINGS.map(([name]) => name).find((name) => takes.has(name) && encoded.has(name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll(sep, '/'));
  } catch {
    return [];
  }
}

function readFile(folder: string, name: string, names: readonly string[]): SiteFile {
  const content = readFileSync(join(folder, name));
  const encoded = ENCODINGS.filter(([, ending]) => names.includes(name + ending)).map(
    ([encoding, ending]) => [encoding, readFileSync(join(folder, name + ending))] as const,
  );
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    cacheControl: name.startsWith(HASHED) ? FOREVER : ASK_AGAIN,
    // Weak: the same file in whichever encoding.
    etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    content,
    encoded: new Map(encoded),
  };
}
