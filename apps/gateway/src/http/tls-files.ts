import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** How often the files are looked at. A file behind a changed link is a changed one, as Kubernetes does it. */
const LOOK_EVERY_MS = 2_000;

/** Where the certificate (with its chain) and its key are, as PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What is in them. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads both. Throws with a sentence that names the file and shows nothing of the key. */
export function readTls(files: TlsFiles): TlsPair {
  const cert = readText(files.cert);
  const key = readText(files.key);
  const certificate = parsed(files.cert, 'certificate', () => new X509Certificate(cert));
  const privateKey = parsed(files.key, 'private key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new TypeError(`the key in ${files.key} is not that of the certificate in ${files.cert}`);
  }
  parsed(files.cert, 'certificate that TLS takes', () => createSecureContext({ cert, key }));
  return { cert, key };
}

/**
 * Tells of a new pair as soon as one is there. While the two files do not fit (one is written before the other) nothing
 * changes, and `onFault` hears why. Returns how to stop.
 */
export function watchTls(
  files: TlsFiles,
  onPair: (pair: TlsPair) => void,
  onFault: (reason: string) => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  const look = () => {
    try {
      onPair(readTls(files));
    } catch (error) {
      onFault(error instanceof Error ? error.message : 'unknown');
    }
  };
  for (const path of [files.cert, files.key]) watchFile(path, { interval: everyMs, persistent: false }, look);
  return () => {
    for (const path of [files.cert, files.key]) unwatchFile(path, look);
  };
}

function readText(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TypeError(`${path} cannot be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}

/** What OpenSSL says of a key is of no use to readers, and may quote it. */
function parsed<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new TypeError(`${path} holds no ${what} as PEM`);
  }
}
