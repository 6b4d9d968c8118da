import { Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Public } from '@holdfast/session-nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthRefusal } from './oauth-error.js';
import { oauthForm } from './oauth-form.js';
import { TokenGrant } from './token-grant.js';
import { TokenRevocation } from './token-revocation.js';

/** The OAuth endpoints. They answer errors as RFC 6749 says, not as problem documents. */
@Controller('oauth')
export class OAuthController {
  constructor(
    private readonly grant: TokenGrant,
    private readonly revocation: TokenRevocation,
  ) {}

  @Public()
  @Post('token')
  @HttpCode(200)
  @Header('pragma', 'no-cache') // RFC 6749 5.1, besides the no-store that every answer has
  async token(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const form = oauthForm(request);
    const answer = form instanceof OAuthRefusal ? form : await this.grant.exchange(form);
    return answer instanceof OAuthRefusal ? refuse(reply, answer) : answer;
  }

  @Public()
  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const form = oauthForm(request);
    const refusal = form instanceof OAuthRefusal ? form : await this.revocation.revoke(form);
    return refusal && refuse(reply, refusal);
  }
}

function refuse(reply: FastifyReply, { status, body }: OAuthRefusal): OAuthRefusal['body'] {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="holdfast"');
  reply.status(status);
  return body;
}
