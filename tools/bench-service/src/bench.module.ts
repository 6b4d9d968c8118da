import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { ServiceDefaultsModule, type Identified, type ServiceConfig } from '@holdfast/service-defaults';
import { Module, type DynamicModule } from '@nestjs/common';
import { Routes } from './routes.js';

/** A public key as auth publishes it. */
export type PublicJwk = JsonWebKey & { readonly kid: string };

/** What every service has, and the routes that are measured. There is no auth here: its key is given. */
@Module({})
export class BenchModule {
  static forRoot(config: Identified<ServiceConfig>, jwk: PublicJwk): DynamicModule {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const getKey = async (kid: string) => (kid === jwk.kid ? key : undefined);
    const defaults = ServiceDefaultsModule.forRoot(config, {
      name: 'user',
      jwks: { useFactory: () => ({ getKey, isKnown: (kid: string) => kid === jwk.kid }) },
    });
    return { module: BenchModule, imports: [defaults], controllers: [Routes] };
  }
}
