import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeSecret, deriveKey } from '@holdfast/session-core';

/** Keys by id, and which of them is used for what is new. */
export interface KeyRing<K> {
  readonly activeKeyId: string;
  readonly keys: ReadonlyMap<string, K>;
}

/** A secret and those before it: what they made is still taken. Base64url, 32 bytes or more each. */
export interface RingSecrets {
  readonly secret: string;
  readonly previous?: readonly string[];
}

/** A P-256 key pair that auth signs session data with. */
export interface DataKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** What a sealing key is for. Each purpose has keys of its own, so that nothing made for one passes for another. */
export type SealingPurpose = 'refresh-token' | 'cookie' | 'session-data';

/** AES-256 keys for one purpose. A key's id follows from its secret. @throws TypeError if a secret is too short */
export function sealingRing(secrets: RingSecrets, purpose: SealingPurpose): KeyRing<Uint8Array> {
  return ringOf(secrets, (secret) => {
    const key = new Uint8Array(deriveKey(secret, `token strategy: ${purpose}`));
    return [keyIdOf(key), key];
  });
}

/** The keys that sign session data, made of the secrets as well: none has to be kept. @throws TypeError as above */
export function dataSigningRing(secrets: RingSecrets): KeyRing<DataKey> {
  return ringOf(secrets, (secret) => {
    const pair = createECDH('prime256v1');
    const scalar = scalarOf(secret, pair);
    const point = pair.getPublicKey();
    const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(point, 1), y: coordinate(point, 33) };
    const privateKey = createPrivateKey({
      key: { ...jwk, d: scalar.toString('base64url') },
      format: 'jwk',
    });
    return [`data-${keyIdOf(point)}`, { privateKey, publicKey: createPublicKey(privateKey) }];
  });
}

function ringOf<K>(
  { secret, previous = [] }: RingSecrets,
  make: (secret: Buffer) => readonly [keyId: string, key: K],
): KeyRing<K> {
  const entries = [secret, ...previous].map((each) => make(decodeSecret(each, 'A secret of tokens')));
  const [[activeKeyId] = ['']] = entries;
  return { activeKeyId, keys: new Map(entries) };
}

/** A number from 1 to the order of the curve: of 2³² secrets one needs a second draw. */
function scalarOf(secret: Buffer, pair: ReturnType<typeof createECDH>): Buffer {
  for (let draw = 0; ; draw += 1) {
    const scalar = deriveKey(secret, `token strategy: data signature ${draw}`);
    try {
      pair.setPrivateKey(scalar);
      return scalar;
    } catch {
      // Out of range: the next draw.
    }
  }
}

function coordinate(point: Buffer, start: number): string {
  return point.subarray(start, start + 32).toString('base64url');
}

function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('key id').update(key).digest('base64url').slice(0, 8);
}
