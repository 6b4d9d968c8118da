import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@holdfast/session-nest';
import { SigningKeys } from './signing-keys.js';

/** Publishes the keys that verify access tokens. */
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Public()
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=30')
  jwks() {
    return this.keys.jwks();
  }
}
