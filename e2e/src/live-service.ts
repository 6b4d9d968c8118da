import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { Redis } from 'ioredis';
import { WebSocketServer, type WebSocket } from 'ws';

/**
 * A service that somebody has put beside those of the fleet, announced as they are: `/live` echoes what WebSockets say,
 * and ticks over server-sent events. It judges nobody: what the gateway lets in, and closes, is what is looked at.
 */
export class LiveService {
  /** The heads of all requests, handshakes included. */
  readonly requests: IncomingMessage[] = [];
  readonly #sockets = new Set<WebSocket>();
  readonly #tickers = new Set<ServerResponse>();
  readonly #echo = new WebSocketServer({ noServer: true });
  readonly #server: Server;
  readonly #registry: RedisRegistry;
  #ticks = 0;

  private constructor(private readonly redis: Redis) {
    this.#registry = new RedisRegistry(redis);
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      this.requests.push(request);
      this.#echo.handleUpgrade(request, socket, head, (webSocket) => this.#hold(webSocket));
    });
  }

  /** Listens, and is in the registry when this answers. @param redisPort - of the primary */
  static async start(redisPort: number): Promise<LiveService> {
    const service = new LiveService(new Redis(redisPort, '127.0.0.1'));
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    const { port } = service.#server.address() as AddressInfo;
    await service.#registry.announce({
      id: 'live-1',
      service: 'live',
      url: `http://127.0.0.1:${port}`,
      state: 'ready',
      pid: process.pid,
      startedAt: Date.now(),
    });
    return service;
  }

  /** Says something to everybody, by WebSocket and as an event. */
  say(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
    const data = JSON.stringify({ type: text });
    for (const ticker of this.#tickers) ticker.write(`id: ${++this.#ticks}\ndata: ${data}\n\n`);
  }

  async stop(): Promise<void> {
    await this.#registry.close();
    this.redis.disconnect();
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/readyz') return void response.end('{}');
    this.requests.push(request);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    this.#tickers.add(response);
    response.once('close', () => this.#tickers.delete(response));
  }

  #hold(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  }
}
