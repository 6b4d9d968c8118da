import { flattenedDecrypt, FlattenedEncrypt } from 'jose';
import type { KeyRing } from './key-ring.js';

const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
/** Header, no encrypted key (`dir`), 96 bits, text, 128 bits; the spare bits of the last clear (RFC 4648 3.5). */
const SHAPE = /^([\w-]{1,256})\.\.([\w-]{16})\.([\w-]*)\.([\w-]{21}[AQgw])$/;
const encoder = new TextEncoder();

/**
 * A JWE (RFC 7516) with `alg` `dir` and `enc` `A256GCM`, in the five parts of the compact form. `boundTo` is
 * authenticated with it (the `aad` of RFC 7516 7.2.1) and not in it: it opens with the very same only.
 */
export async function sealText(ring: KeyRing<Uint8Array>, boundTo: string, clear: string): Promise<string> {
  const key = ring.keys.get(ring.activeKeyId);
  if (!key) throw new TypeError('The active key is not in the ring.');
  const jwe = await new FlattenedEncrypt(encoder.encode(clear))
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, kid: ring.activeKeyId })
    .setAdditionalAuthenticatedData(encoder.encode(boundTo))
    .encrypt(key);
  return `${jwe.protected}..${jwe.iv}.${jwe.ciphertext}.${jwe.tag}`;
}

/**
 * Opens what `sealText` sealed. `undefined` for anything else: another key, another `boundTo`, another algorithm, a
 * member in the header that we do not write (`zip`, `crit`, `p2c` …), one bit that changed.
 */
export async function openText(
  ring: KeyRing<Uint8Array>,
  boundTo: string,
  sealed: string,
): Promise<string | undefined> {
  const [, header = '', iv = '', ciphertext = '', tag = ''] = SHAPE.exec(sealed) ?? [];
  const key = ring.keys.get(keyIdIn(header) ?? '');
  // Decoders take several spellings of a text: one of them is ours.
  if (!key || Buffer.from(ciphertext, 'base64url').toString('base64url') !== ciphertext) return undefined;
  const aad = Buffer.from(boundTo).toString('base64url');
  const options = { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] };
  try {
    const { plaintext } = await flattenedDecrypt(
      { protected: header, iv, ciphertext, tag, aad },
      key,
      options,
    );
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
  } catch {
    return undefined;
  }
}

/** The `kid` of a header as we write them; `undefined` for any other. */
function keyIdIn(header: string): string | undefined {
  const { alg, enc, kid, ...more } = parse(header);
  const isOurs = alg === ALGORITHM && enc === ENCRYPTION && typeof kid === 'string';
  return isOurs && Object.keys(more).length === 0 ? kid : undefined;
}

function parse(header: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** Whether a text has the shape of one of ours. Says nothing of what it is worth: it keeps noise from who must open it. */
export function looksSealed(text: string, longest: number): boolean {
  return text.length <= longest && SHAPE.test(text);
}
