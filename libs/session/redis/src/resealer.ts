import type { Sealing, SessionIds } from '@holdfast/session-core';
import type { Journalling } from './access.js';
import type { Redis } from './create-redis.js';
import { DataCodec } from './data-codec.js';
import { LuaScript } from './lua-script.js';
import { indexKey, type Place } from './place.js';
import { RecordCodec, splitLine, UnreadableValueError } from './record-codec.js';
import { END } from './session-scripts.js';

const BATCH = 500;
const KEYS = 'hf:{*}:[sdpc]:*';
const KEY = /^hf:\{([^}]+)\}:([sdpc]):(.+)$/;
const CLAIMANT = /^c:/;
const DATA = /:d:/;

/** Writes a value anew, unless it has changed since it was read. Nothing of it but the seal is another. */
const RESEAL = new LuaScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'raced' } end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return { 'done' }
`);
const RESEAL_FIELD = new LuaScript(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return { 'raced' } end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return { 'done' }
`);

/** How far a pass over the store is. */
export interface ResealProgress {
  /** Values that were looked at. */
  readonly examined: number;
  /** Values that were sealed anew. */
  readonly resealed: number;
  /** Values that changed under way: the next pass looks at them. */
  readonly raced: number;
  /** Values that no secret of this process opens. */
  readonly unreadable: number;
}

/** How a `Resealer` is made. */
export interface ResealerOptions {
  /** A connection of role `general`; its owner closes it. */
  readonly redis: Redis;
  readonly ids: SessionIds;
  readonly sealing: Sealing;
  /**
   * Sessions that no secret opens, or not all data of, are ended (`revoked`). For a secret that is lost for good: until then they are
   * refused as a store that is away, since another process may know their secret. Default `false`.
   */
  readonly endUnreadable?: boolean;
  /** How long an ended session can say why, in milliseconds. */
  readonly tombstoneMs: number;
  /** Told after each batch. Default: nobody. */
  readonly onProgress?: (progress: ResealProgress) => void;
}

/**
 * Seals anew what an older secret has sealed, while everything runs: a value that changes meanwhile is left to whoever
 * changed it. Finds its way by SCAN, on which no session depends.
 */
export class Resealer {
  readonly #options: ResealerOptions;
  readonly #records: RecordCodec;
  readonly #data: DataCodec;
  #progress = { examined: 0, resealed: 0, raced: 0, unreadable: 0 };

  constructor(options: ResealerOptions) {
    this.#options = options;
    this.#records = new RecordCodec(options.ids, options.sealing);
    this.#data = new DataCodec(options.sealing);
  }

  /** One pass over all keys. When it has found nothing to do, the current secret opens everything. Rejects if Redis goes away. */
  async pass(): Promise<ResealProgress> {
    this.#progress = { examined: 0, resealed: 0, raced: 0, unreadable: 0 };
    let cursor = '0';
    do {
      const [next, keys] = await this.#options.redis.scan(cursor, 'MATCH', KEYS, 'COUNT', BATCH);
      cursor = next;
      await Promise.all(keys.map((key) => this.#look(key)));
      this.#options.onProgress?.({ ...this.#progress });
    } while (cursor !== '0');
    return { ...this.#progress };
  }

  async #look(key: string): Promise<void> {
    const [, userTag = '', kind, name = ''] = KEY.exec(key) ?? [];
    const place = { userTag, name };
    if (kind === 's') return this.#lookAtRecord(key, place);
    const fields = await this.#options.redis.hkeys(key);
    const sealed = kind === 'c' ? fields.filter((field) => CLAIMANT.test(field)) : fields;
    await Promise.all(sealed.map((field) => this.#lookAtField(key, place, field)));
  }

  async #lookAtRecord(key: string, place: Place): Promise<void> {
    const raw = (await this.#options.redis.getBuffer(key))?.toString('latin1') ?? '';
    const isEnded = raw.startsWith('2 ended');
    const [head, record] = isEnded ? splitLine(raw) : ['', raw];
    if (record === '' || this.#isDone(splitLine(record)[1])) return;
    const before = isEnded ? `${head}\n` : '';
    const renewed = this.#renewed(
      () => before + this.#records.encode(this.#records.decode(place, record), place),
    );
    if (renewed !== undefined) return this.#count(RESEAL, key, [raw, renewed]);
    if (this.#options.endUnreadable && !isEnded) await this.#end(place);
  }

  async #lookAtField(key: string, place: Place, field: string): Promise<void> {
    const held = (await this.#options.redis.hgetBuffer(key, field))?.toString('latin1') ?? '';
    const isClaimant = CLAIMANT.test(field);
    if (held === '' || this.#isDone(isClaimant ? held : splitLine(held)[1])) return;
    const renewed = this.#renewed(() => {
      if (isClaimant) return this.#data.encodeClaimant(place, this.#data.decodeClaimant(place, held));
      const { version, value } = this.#data.decode(place, field, held);
      return this.#data.encode(place, field, version, JSON.stringify(value));
    });
    if (renewed !== undefined) return this.#count(RESEAL_FIELD, key, [field, held, renewed]);
    if (this.#options.endUnreadable && DATA.test(key)) await this.#end(place);
  }

  #isDone(sealed: string): boolean {
    this.#progress.examined += 1;
    return this.#options.sealing.isCurrent(Buffer.from(sealed, 'latin1'));
  }

  #renewed(renew: () => string): string | undefined {
    try {
      return renew();
    } catch (error) {
      if (!(error instanceof UnreadableValueError)) throw error;
      this.#progress.unreadable += 1;
      return undefined;
    }
  }

  async #count(script: LuaScript, key: string, args: readonly string[]): Promise<void> {
    const [outcome] = await script.run(this.#options.redis, key, args);
    if (outcome === 'done') this.#progress.resealed += 1;
    else this.#progress.raced += 1;
  }

  /** Scripts need no secret to end what nobody can read. */
  async #end({ userTag, name }: Place): Promise<void> {
    const { redis, tombstoneMs } = this.#options;
    const journalling: Journalling = 'begun'; // who could read it may still have it near
    const args = [name, String(tombstoneMs), `reseal ${name}`, 'revoked', '', '', journalling];
    await END.run(redis, indexKey(userTag), args);
  }
}
