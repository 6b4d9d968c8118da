import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call that the stand-in got. */
export interface ProfileCall {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}

/** Answers for the user service's internal endpoint, over real HTTP. */
export class UserServiceStandIn {
  readonly calls: ProfileCall[] = [];
  /** What profile calls are answered with. */
  status = 200;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<UserServiceStandIn> {
    const server = createServer();
    const standIn = new UserServiceStandIn(server);
    server.on('request', (request, response) => {
      void standIn.answer(request).then((status) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  private async answer(request: IncomingMessage): Promise<number> {
    if (!request.url?.startsWith('/internal/profiles/')) return 200;
    this.calls.push(await callOf(request));
    return this.status;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function callOf(request: IncomingMessage): Promise<ProfileCall> {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    body: JSON.parse(await text(request)),
  };
}
