import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { ServiceDefaultsModule, type Identified, type ServiceConfig } from '@holdfast/service-defaults';
import type { JwksSource } from '@holdfast/session-nest';
import { Module, type DynamicModule } from '@nestjs/common';
import { Routes } from './routes.js';

/** A public key as auth publishes it. */
export type PublicJwk = JsonWebKey & { readonly kid: string };

/** The keys of a signer that has one, and is not asked for it. */
export function keysOf(jwk: PublicJwk): JwksSource {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return {
    getKey: async (kid) => (kid === jwk.kid ? key : undefined),
    isKnown: (kid) => kid === jwk.kid,
  };
}

/** What every service has, and the routes that are measured. There is no auth here: its key is given. */
@Module({})
export class BenchModule {
  static forRoot(config: Identified<ServiceConfig>, jwk: PublicJwk): DynamicModule {
    const defaults = ServiceDefaultsModule.forRoot(config, {
      name: 'user',
      jwks: { useFactory: () => keysOf(jwk) },
    });
    return { module: BenchModule, imports: [defaults], controllers: [Routes] };
  }
}
