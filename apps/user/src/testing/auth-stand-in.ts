import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { accountsLookupBody } from '@holdfast/contracts';

type StandInAnswer = { readonly status: number; readonly body: string } | 'hang';

/** Answers for auth over real HTTP: tokens for this service's own calls, and the roles of accounts. */
export class AuthStandIn {
  /** Account id → roles. Who is not in it has no account. */
  readonly roles = new Map<string, readonly string[]>();
  /** The bodies of the look-ups that were answered. */
  readonly lookups: { readonly ids: readonly string[] }[] = [];
  /** What look-ups are answered with instead, once it is set; `hang`: never. */
  failure: StandInAnswer | undefined;
  #serviceToken = '';

  private constructor(
    private readonly server: Server,
    private readonly basic: string,
  ) {}

  /** `clientSecret`: what the user service must prove itself with. */
  static async start(clientSecret: string): Promise<AuthStandIn> {
    const server = createServer();
    const basic = `Basic ${Buffer.from(`user:${clientSecret}`).toString('base64')}`;
    const standIn = new AuthStandIn(server, basic);
    server.on('request', (request, response) => void standIn.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  /** From now on `token` is issued to the user service, and asked for in look-ups. */
  issue(token: string): void {
    this.#serviceToken = token;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = this.#answerTo(request, await text(request));
    if (answer === 'hang') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }

  #answerTo({ method, url, headers: { authorization } }: IncomingMessage, body: string): StandInAnswer {
    // Health checks of the balancer.
    if (method === 'GET') return json(200, {});
    if (url === '/oauth/token') return authorization === this.basic ? this.#token(body) : json(401, {});
    if (url !== '/internal/accounts/lookup') return json(404, {});
    return authorization === `Bearer ${this.#serviceToken}` ? this.#lookUp(body) : json(401, {});
  }

  #token(body: string): StandInAnswer {
    const asked = Object.fromEntries(new URLSearchParams(body));
    if (asked['grant_type'] !== 'client_credentials') return json(400, {});
    return json(200, {
      access_token: this.#serviceToken,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'internal',
    });
  }

  #lookUp(body: string): StandInAnswer {
    if (this.failure) return this.failure;
    const { ids } = accountsLookupBody.parse(JSON.parse(body));
    this.lookups.push({ ids });
    return json(200, { accounts: this.#accounts(ids) });
  }

  #accounts(ids: readonly string[]) {
    return ids.flatMap((id) => {
      const roles = this.roles.get(id);
      return roles ? [{ id, roles }] : [];
    });
  }
}

function json(status: number, body: object): StandInAnswer {
  return { status, body: JSON.stringify(body) };
}
