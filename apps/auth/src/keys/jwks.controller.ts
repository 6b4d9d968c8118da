import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '@holdfast/session-nest';
import type { PublicJwk } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';

/** Injection token: keys that the set has besides those of tokens, as a list of `PublicJwk`. */
export const ALSO_PUBLISHED = Symbol('ALSO_PUBLISHED');

/** Publishes the keys that verify access tokens, and what else this service signs. */
@Controller('.well-known')
export class JwksController {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(ALSO_PUBLISHED) private readonly others: readonly PublicJwk[],
  ) {}

  @Public()
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=30')
  jwks() {
    return { keys: [...this.keys.jwks().keys, ...this.others] };
  }
}
