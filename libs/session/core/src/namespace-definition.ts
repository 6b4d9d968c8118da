import type { z } from 'zod';
import { envelopeOf, newerThan, type Envelope } from './envelope.js';
import { SessionDataError } from './errors.js';

/** Most JSON that the value of a namespace may be, in bytes of UTF-8; each version's copy for itself. */
export const MAX_DATA_BYTES = 65_536;

/** The first version of a namespace that this code knows. */
export interface FirstVersion<T> {
  /** Lower-case letters, digits and hyphens, at most 32, a letter first. */
  readonly name: string;
  /** The service that writes it: `SessionManagerDeps.owner`. All others only read. */
  readonly owner: string;
  /** What is stored. It must take what it gives, and give the same again, also when that went through JSON. */
  readonly schema: z.ZodType<T>;
  /** Its number. Default 1; higher once no live session can hold an older one. */
  readonly version?: number;
}

/** What follows a version. Both functions must be pure, and together lose nothing: `down(up(older, newer))` is `older`. */
export interface NextVersion<T, U> {
  /** As `FirstVersion.schema`. */
  readonly schema: z.ZodType<U>;
  /**
   * Makes the value of this version of one that older code wrote. `newer` is what this version last said, before the
   * older code wrote: take from it what the older version does not know. `undefined` if it never said anything.
   */
  readonly up: (older: T, newer: U | undefined) => U;
  /** What the version before is to see of a value. */
  readonly down: (value: U) => T;
  /** The oldest version that may still run beside this one: writes provide copies down to it. Default: the one before. */
  readonly compatibleWith?: number;
}

/** A value to store. */
export interface EncodedData<T> {
  readonly value: T;
  /** The envelope. */
  readonly json: string;
}

interface Shape<T> {
  readonly name: string;
  readonly owner: string;
  readonly schema: z.ZodType<T>;
  readonly version: number;
  /** The oldest version known. */
  readonly first: number;
  readonly compatibleWith: number;
  readonly older?: {
    readonly read: (envelope: Envelope, newer: T | undefined) => T;
    readonly copies: (value: T, downTo: number) => Copies;
  };
}

type Copies = Readonly<Record<number, unknown>>;

/** Begins the definition of a namespace with the first version that is known. @throws TypeError if the name or the number is none */
export function defineNamespace<T>({
  name,
  owner,
  schema,
  version = 1,
}: FirstVersion<T>): NamespaceDefinition<T> {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) throw new TypeError('A namespace is 1 to 32 of a-z, 0-9, -.');
  if (!Number.isSafeInteger(version) || version < 1) throw new TypeError('Versions are numbered from 1.');
  return new NamespaceDefinition({ name, owner, schema, version, first: version, compatibleWith: version });
}

/**
 * The shape of a namespace, in all versions that this code knows; made by `defineNamespace`. Code of two versions
 * shares live sessions: each reads and writes its own, and nothing that either wrote is lost.
 */
export class NamespaceDefinition<T> {
  readonly #shape: Shape<T>;

  /** @internal */
  constructor(shape: Shape<T>) {
    this.#shape = shape;
  }

  get name(): string {
    return this.#shape.name;
  }

  get owner(): string {
    return this.#shape.owner;
  }

  /** The version that this code reads and writes. */
  get version(): number {
    return this.#shape.version;
  }

  /** The oldest version for which copies are written. */
  get compatibleWith(): number {
    return this.#shape.compatibleWith;
  }

  /** The same namespace, one version on. @throws TypeError if `compatibleWith` is not a version known here */
  next<U>({ schema, up, down, compatibleWith = this.version }: NextVersion<T, U>): NamespaceDefinition<U> {
    const { name, owner, first } = this.#shape;
    const version = this.version + 1;
    if (!Number.isInteger(compatibleWith) || compatibleWith < first || compatibleWith > version) {
      throw new TypeError(`Version ${version} of ${name} is compatible with ${first} to ${version} only.`);
    }
    return new NamespaceDefinition<U>({
      name,
      owner,
      schema,
      version,
      first,
      compatibleWith,
      older: {
        read: (envelope, newer) => up(this.#read(envelope), newer),
        copies: (value, downTo) => this.#copies(down(value), downTo),
      },
    });
  }

  /** What is stored, as this version sees it. @throws SessionDataError if it is none of the versions known here */
  decode(stored: unknown): T | undefined {
    return stored === undefined ? undefined : this.#read(envelopeOf(stored));
  }

  /**
   * What to store: the value, its copies for older versions, and what `stored` holds for newer ones.
   *
   * @throws TypeError if the value is not JSON, or it or a copy does not fit its schema
   * @throws RangeError if it or a copy is larger than `MAX_DATA_BYTES`
   */
  encode(value: T, stored: unknown): EncodedData<T> {
    const { version, compatibleWith } = this.#shape;
    const copies = this.#copies(value, compatibleWith);
    const carried = stored === undefined ? {} : newerThan(version, envelopeOf(stored));
    return { value: copies[version] as T, json: JSON.stringify({ at: version, ...copies, ...carried }) };
  }

  #read(envelope: Envelope): T {
    const { version, older } = this.#shape;
    const own = Object.hasOwn(envelope, version) ? this.#stored(envelope[version]) : undefined;
    // Newer code has left a copy for this version, or runs though it may not: to guess, or to write, would lose data.
    if (envelope.at >= version) {
      if (own === undefined) throw this.#unreadable();
      return own;
    }
    if (!older) throw this.#unreadable();
    return this.#stored(older.read(envelope, own));
  }

  /** By version, down to `downTo`; checked, so that nothing is stored that cannot be read again. */
  #copies(value: T, downTo: number): Copies {
    const { version, older } = this.#shape;
    const own = this.#writable(value);
    return { ...(version > downTo && older?.copies(own, downTo)), [version]: own };
  }

  #stored(value: unknown): T {
    const { success, data } = this.#shape.schema.safeParse(value);
    if (!success) throw this.#unreadable();
    return data;
  }

  #writable(value: T): T {
    const { name, version, schema } = this.#shape;
    const { success, data, error } = schema.safeParse(throughJson(value));
    if (success) return data;
    // Where it does not fit, never what is there.
    const paths = error.issues.map(({ path }) => path.join('.') || '(the value)').join(', ');
    throw new TypeError(`Not version ${version} of the namespace ${name}: see ${paths}.`);
  }

  #unreadable(): SessionDataError {
    return new SessionDataError(this.name, this.version);
  }
}

function throughJson(value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError('Session data must be JSON.');
  if (Buffer.byteLength(json) > MAX_DATA_BYTES) {
    throw new RangeError(`Session data is limited to ${MAX_DATA_BYTES} bytes per namespace.`);
  }
  return JSON.parse(json);
}
