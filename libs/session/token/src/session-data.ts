import type { KeyObject } from 'node:crypto';
import type { VersionedData } from '@holdfast/session-core';
import { FlattenedSign, flattenedVerify } from 'jose';
import { z } from 'zod';
import { SessionDataTooLargeError } from './errors.js';
import { dataSigningRing, sealingRing, type DataKey, type KeyRing, type RingSecrets } from './key-ring.js';
import { openText, sealText } from './sealed-text.js';

/** Most characters that sealed data may be: with the cookie's name they are the 4,096 bytes that browsers keep. */
export const MAX_SEALED_DATA = 4_000;

const ALGORITHM = 'ES256';
/** Never taken for an access token, whose type is `at+jwt`. */
const TYPE = 'session-data';
/** The sealed text, then a signature over it whose payload is not repeated (RFC 7515 appendix F). */
const SHAPE = /^([\w.-]+)~([\w-]{1,256})\.\.([\w-]{85}[AQgw])$/;
const encoder = new TextEncoder();

/** One namespace as it is carried: how often it was written, whose it is, and the value. */
const written = z.strictObject({ v: z.int().min(1), o: z.string(), d: z.unknown() });
const contents = z.record(z.string(), written);
type Contents = Readonly<z.output<typeof contents>>;

/** A change of one namespace. */
export interface DataChange {
  readonly sessionId: string;
  /** What the client carried; `undefined`: nothing, or nothing of this session. */
  readonly sealed: string | undefined;
  readonly namespace: string;
  /** The new value as JSON text. */
  readonly json: string;
}

/** Where public keys come from. */
export interface DataKeySource {
  /** The public key of that id; `undefined` if there is none. */
  getKey(keyId: string): Promise<KeyObject | undefined>;
}

/** Opens the data that clients carry: any service, with the key that opens and the public key of who wrote it. */
export class DataOpener {
  readonly #ring: KeyRing<Uint8Array>;

  /** @param secrets - `SEALING_SECRET` and those before it. @throws TypeError if one is too short */
  constructor(
    secrets: RingSecrets,
    private readonly keys: DataKeySource,
  ) {
    this.#ring = sealingRing(secrets, 'session-data');
  }

  /**
   * The data of this session by namespace. `undefined` for what is not ours, was changed, or belongs to another session:
   * a client that carries such a thing carries nothing. Rejects as the key source does.
   */
  async open(
    sessionId: string,
    sealed: string,
  ): Promise<Readonly<Record<string, VersionedData>> | undefined> {
    const found = await this.contents(sessionId, sealed);
    const entries = Object.entries(found ?? {}).map(([name, { v, d }]) => [name, { version: v, value: d }]);
    return found && (Object.fromEntries(entries) as Record<string, VersionedData>);
  }

  /** @internal the same with the owners */
  async contents(sessionId: string, sealed: string): Promise<Contents | undefined> {
    if (sealed.length > MAX_SEALED_DATA) return undefined;
    const [, text = '', header = '', signature = ''] = SHAPE.exec(sealed) ?? [];
    const keyId = keyIdIn(header);
    const key = keyId === undefined ? undefined : await this.keys.getKey(keyId);
    if (!key || !(await isSigned(key, { header, signature, payload: payloadOf(sessionId, text) })))
      return undefined;
    const clear = await openText(this.#ring, sessionId, text);
    return clear === undefined ? undefined : contents.safeParse(JSON.parse(clear)).data;
  }

  /** @internal */
  seal(sessionId: string, data: Contents): Promise<string> {
    return sealText(this.#ring, sessionId, JSON.stringify(data));
  }
}

/**
 * Seals and signs what clients carry: the authorisation server alone, which has the key that signs. The key that opens
 * makes nothing that is taken: so a service changes data only through here, and only its own namespaces.
 */
export class DataSealer {
  /** What it has written, and what others like it have. */
  readonly opener: DataOpener;
  readonly #signing: KeyRing<DataKey>;

  /** @param signing - `REFRESH_SECRET` and those before it. @throws TypeError if one is too short */
  constructor(sealing: RingSecrets, signing: RingSecrets) {
    this.#signing = dataSigningRing(signing);
    this.opener = new DataOpener(sealing, { getKey: async (keyId) => this.publicKeys.get(keyId) });
  }

  /** With these everybody verifies what it has written. */
  get publicKeys(): ReadonlyMap<string, KeyObject> {
    return new Map([...this.#signing.keys].map(([keyId, { publicKey }]) => [keyId, publicKey]));
  }

  /**
   * The data with one namespace changed by its owner. `undefined` if the namespace is somebody else's.
   *
   * @param owner - who asks: the first to write a namespace owns it
   * @throws SessionDataTooLargeError over `MAX_SEALED_DATA`
   */
  async write(
    { sessionId, sealed, namespace, json }: DataChange,
    owner: string,
  ): Promise<string | undefined> {
    const held = sealed === undefined ? undefined : await this.opener.contents(sessionId, sealed);
    const before = held && Object.hasOwn(held, namespace) ? held[namespace] : undefined;
    if (before && before.o !== owner) return undefined;
    const changed = { v: (before?.v ?? 0) + 1, o: owner, d: JSON.parse(json) as unknown };
    return this.#sign(sessionId, { ...held, [namespace]: changed });
  }

  /** The same data for another session, which follows this one; `undefined` where there is none. */
  async handOver(sealed: string, from: string, into: string): Promise<string | undefined> {
    const held = await this.opener.contents(from, sealed);
    return held && this.#sign(into, held);
  }

  async #sign(sessionId: string, data: Contents): Promise<string> {
    const { activeKeyId, keys } = this.#signing;
    const key = keys.get(activeKeyId);
    if (!key) throw new TypeError('The active key is not in the ring.');
    const text = await this.opener.seal(sessionId, data);
    const { protected: header = '', signature } = await new FlattenedSign(payloadOf(sessionId, text))
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: activeKeyId })
      .sign(key.privateKey);
    const sealed = `${text}~${header}..${signature}`;
    if (sealed.length > MAX_SEALED_DATA) throw new SessionDataTooLargeError(MAX_SEALED_DATA);
    return sealed;
  }
}

/** What is signed: whose it is, too, for who can open a text can seal it for another session. */
function payloadOf(sessionId: string, text: string): Uint8Array {
  return encoder.encode(`${sessionId}.${text}`);
}

async function isSigned(
  key: KeyObject,
  {
    header,
    signature,
    payload,
  }: { readonly header: string; readonly signature: string; readonly payload: Uint8Array },
): Promise<boolean> {
  try {
    const jws = { protected: header, signature, payload: Buffer.from(payload).toString('base64url') };
    await flattenedVerify(jws, key, { algorithms: [ALGORITHM] });
    return true;
  } catch {
    return false;
  }
}

/** The `kid` of a signature's header as we write them; `undefined` for any other. */
function keyIdIn(header: string): string | undefined {
  try {
    const { alg, typ, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    return alg === ALGORITHM && typ === TYPE && typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
