import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '../db/database.js';
import { ALSO_PUBLISHED, JwksController } from './jwks.controller.js';
import { KeyRotation } from './key-rotation.js';
import { KeySeal } from './key-seal.js';
import { KeysController } from './keys.controller.js';
import type { PublicJwk } from './signing-key.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

/** How the platform's keys are kept. */
export interface KeySettings {
  /** `SIGNING_KEY_SECRET` */
  readonly secret: string;
  /** From publication until the first signature: longer than verifiers wait before they look for new keys. */
  readonly leadMs: number;
  /** The age at which a key is replaced; 0: never by itself. */
  readonly rotateAfterMs: number;
  /** The longest life of a token. */
  readonly tokenTtlMs: number;
  /** Keys of other things than tokens that the key set has as well. */
  readonly alsoPublished: readonly PublicJwk[];
}

const POLL_MS = 2_000;
/** For clocks that differ, and for an instance that was cut off from Postgres and signed too long with an older key. */
const GRACE_MS = 300_000;

/** The keys that sign access tokens, their rotation, and their public half for everybody. */
@Module({})
export class KeysModule {
  static forRoot(database: DynamicModule, settings: KeySettings): DynamicModule {
    const { secret, leadMs, rotateAfterMs, tokenTtlMs, alsoPublished } = settings;
    const times = { leadMs, keepMs: tokenTtlMs + GRACE_MS };
    const load = (db: Database) =>
      SigningKeys.load(new SigningKeyStore(db, KeySeal.fromSecret(secret)), times);
    const rotation = (keys: SigningKeys) =>
      new KeyRotation(keys, { intervalMs: Math.min(POLL_MS, leadMs / 4), rotateAfterMs });
    return {
      module: KeysModule,
      imports: [database],
      controllers: [JwksController, KeysController],
      providers: [
        { provide: SigningKeys, inject: [Database], useFactory: load },
        { provide: ALSO_PUBLISHED, useValue: alsoPublished },
        { provide: KeyRotation, inject: [SigningKeys], useFactory: rotation },
      ],
      exports: [SigningKeys, KeyRotation],
    };
  }
}
