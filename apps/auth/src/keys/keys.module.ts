import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '../db/database.js';
import { JwksController } from './jwks.controller.js';
import { KeySeal } from './key-seal.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

/** The keys that sign access tokens, and their public half for everybody. */
@Module({})
export class KeysModule {
  /** @param secret - `SIGNING_KEY_SECRET` */
  static forRoot(database: DynamicModule, secret: string): DynamicModule {
    const load = (db: Database) => SigningKeys.load(new SigningKeyStore(db, KeySeal.fromSecret(secret)));
    return {
      module: KeysModule,
      imports: [database],
      controllers: [JwksController],
      providers: [{ provide: SigningKeys, inject: [Database], useFactory: load }],
      exports: [SigningKeys],
    };
  }
}
