import { Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Public } from '@holdfast/session-nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthClients, type OAuthClient } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-error.js';
import { oauthForm, type OAuthForm } from './oauth-form.js';
import { TokenEndpoint } from './token-endpoint.js';
import { TokenIntrospection } from './token-introspection.js';
import { TokenRevocation } from './token-revocation.js';

/** The OAuth endpoints. They answer errors as RFC 6749 says, not as problem documents. */
@Controller('oauth')
export class OAuthController {
  constructor(
    private readonly clients: OAuthClients,
    private readonly tokens: TokenEndpoint,
    private readonly revocation: TokenRevocation,
    private readonly introspection: TokenIntrospection,
  ) {}

  @Public()
  @Post('token')
  @HttpCode(200)
  @Header('pragma', 'no-cache') // RFC 6749 5.1, besides the no-store that every answer has
  async token(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const asked = this.read(request);
    if (asked instanceof OAuthRefusal) return refuse(reply, asked);
    const answer = await this.tokens.grant(asked.client, asked.form, request.ip);
    return answer instanceof OAuthRefusal ? refuse(reply, answer) : answer;
  }

  @Public()
  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const asked = this.read(request);
    if (asked instanceof OAuthRefusal) return refuse(reply, asked);
    const refusal = await this.revocation.revoke(asked.client, asked.form);
    return refusal && refuse(reply, refusal);
  }

  @Public()
  @Post('introspect')
  @HttpCode(200)
  async introspect(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    // Before the form: who is nobody learns nothing about what would be well-formed.
    const client = this.clients.confidential(request);
    const asked = client instanceof OAuthRefusal ? client : this.read(request);
    if (asked instanceof OAuthRefusal) return refuse(reply, asked);
    const answer = await this.introspection.introspect(asked.client, asked.form);
    return answer instanceof OAuthRefusal ? refuse(reply, answer) : answer;
  }

  private read(request: FastifyRequest): { client: OAuthClient; form: OAuthForm } | OAuthRefusal {
    const form = oauthForm(request);
    if (form instanceof OAuthRefusal) return form;
    const client = this.clients.identify(request, form);
    return client instanceof OAuthRefusal ? client : { client, form };
  }
}

function refuse(reply: FastifyReply, { status, body }: OAuthRefusal): OAuthRefusal['body'] {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="holdfast"');
  reply.status(status);
  return body;
}
