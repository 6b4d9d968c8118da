import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { acceptor, Client, echoOn, type Refused } from '../spec/echo.js';
import { GatewayUnderTest, ISSUER } from '../spec/gateway-under-test.js';
import { head, RawConnection, sendRaw } from '../spec/raw-http.js';
import { SessionWorld, type CookieSession } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';

const ENDED = { state: 'ended', because: 'logout', endedAt: 1 } as const;
const HANDSHAKE = [
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

let world: SessionWorld;
let gateway: GatewayUnderTest;
let live: Upstream;
let served: WebSocket[];

beforeEach(async () => {
  world = new SessionWorld();
  gateway = await GatewayUnderTest.start({ world });
  live = await Upstream.start('live-1');
  served = echoOn(live);
  gateway.use(await Upstream.start('auth-1', world.auth(sayId('auth-1'))), live);
});
afterEach(() => gateway.stop());

const url = () => `${gateway.url}/live/echo?room=1`;
const byCookie = ({ cookie }: CookieSession, origin: string = ISSUER) => ({
  headers: { cookie: `__Host-session=${cookie}; theme=dark`, origin },
});
const byBearer = ({ sessionId }: CookieSession) => ({
  headers: { authorization: `Bearer token.${sessionId}.v1` },
});

async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 2_000 && !holds(); look++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(holds()).toBe(true);
}

describe('a WebSocket', () => {
  it('bitten 12: passes through raw, compressed or not, large or not', async () => {
    const client = await Client.opened(url(), { perMessageDeflate: true });
    expect(await client.echo('hello')).toBe('hello');
    const large = 'x'.repeat(1_000_000);
    expect(await client.echo(large)).toBe(large);
    expect(client.socket.extensions).toMatch(/permessage-deflate/);
    client.socket.close(4_001, 'enough');
    await until(() => served[0]?.readyState === 3);
    expect(await client.closed).toEqual([4_001, 'enough']);
  });

  it('has the headers of every answer in its 101, and the client learns nothing else of the hop', async () => {
    const client = await Client.opened(url(), { headers: { 'x-request-id': 'ws-1' } });
    expect(client.headers).toMatchObject({
      'x-request-id': 'ws-1',
      'x-served-by': 'live-1',
      'x-gateway': 'gateway-t',
    });
    expect(live.requests[0]?.headers).toMatchObject({
      'x-request-id': 'ws-1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(live.requests[0]?.url).toBe('/live/echo?room=1');
    client.socket.terminate();
  });

  it('bitten 12: counts as in flight, here and for the balancer, until it is closed', async () => {
    const client = await Client.opened(url());
    const inFlight = () => gateway.upstreams.view().find(({ id }) => id === 'live-1')?.inFlight;
    expect([gateway.inFlight.count, gateway.streams.size, inFlight()]).toEqual([1, 1, 1]);
    client.socket.close();
    await until(() => gateway.inFlight.count === 0 && gateway.streams.size === 0 && inFlight() === 0);
  });

  it('ends at the service when its client vanishes, and at the client when its service dies', async () => {
    const first = await Client.opened(url());
    first.socket.terminate();
    await until(() => served[0]?.readyState === 3);
    const second = await Client.opened(url());
    live.reset();
    expect(await second.closed).toEqual([1006, '']);
  });

  it('bitten 8: is opened at another instance where one refuses the connection', async () => {
    const dead = await Upstream.start('live-2');
    const member = dead.member();
    await dead.stop();
    gateway.upstreams.update([...gateway.members(), member]);
    const servedBy = new Set<unknown>();
    for (let time = 0; time < 8; time++) {
      const client = await Client.opened(url());
      servedBy.add(client.headers['x-served-by']);
      client.socket.terminate();
    }
    expect([...servedBy]).toEqual(['live-1']);
  });

  it('pauses the service while its client does not read', async () => {
    const client = await Client.opened(url());
    client.socket.pause();
    const [service] = served;
    const chunk = Buffer.alloc(65_536);
    for (let sent = 0; sent < 64; sent++) service?.send(chunk);
    await until(() => (service?.bufferedAmount ?? 0) > 0);
    client.socket.resume();
    await until(() => client.messages.length === 64);
    client.socket.terminate();
  });
});

describe('who may open a WebSocket', () => {
  it('a browser by its cookie, which the service sees as an access token', async () => {
    const session = await world.signIn();
    const client = await Client.opened(url(), byCookie(session));
    const { headers } = live.requests[0] ?? {};
    expect(headers?.authorization).toContain(`token.${session.sessionId}.`);
    expect(headers?.cookie).toBe('theme=dark');
    client.socket.terminate();
  });

  it.each([
    ['of another site', 'https://evil.test'],
    ['of a sister domain', 'https://app.gateway.test'],
    ['that says nothing', undefined],
  ])('no page %s with the cookie of its visitor', async (_what, origin) => {
    const session = await world.signIn();
    const headers = { cookie: `__Host-session=${session.cookie}`, ...(origin && { origin }) };
    const refused = (await Client.open(url(), { headers })) as Refused;
    expect(refused).toMatchObject({ status: 403, body: { code: 'ERR_CSRF' } });
    expect(live.requests).toHaveLength(0);
  });

  it('nobody with two credentials, or one of a session that is over', async () => {
    const session = await world.signIn();
    const both = { headers: { ...byCookie(session).headers, ...byBearer(session).headers } };
    expect(await Client.open(url(), both)).toMatchObject({ status: 400 });
    await world.manager.revoke(session.sessionId, 'logout');
    for (const options of [byCookie(session), byBearer(session)]) {
      expect(await Client.open(url(), options)).toMatchObject({
        status: 401,
        headers: { 'x-gateway': 'gateway-t', connection: 'close' },
        body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' },
      });
    }
    expect(live.requests).toHaveLength(0);
    expect(gateway.streams.size).toBe(0);
  });

  it('nobody whose session the store cannot confirm: 503, never 401', async () => {
    const session = await world.signIn();
    world.storeIsAway = true;
    const refused = await Client.open(url(), byBearer(session));
    expect(refused).toMatchObject({ status: 503, body: { code: 'ERR_STORE_UNAVAILABLE' } });
  });
});

describe('a handshake', () => {
  it('whose service has no WebSocket there gets its ordinary answer, however long', async () => {
    const order = await Upstream.start('order-1', (_request, response) => {
      response.end('x'.repeat(2_000_000));
    });
    gateway.use(order);
    const refused = (await Client.open(`${gateway.url}/products`)) as Refused;
    expect(refused.status).toBe(200);
    expect(refused.headers['x-served-by']).toBe('order-1');
    expect(String(refused.body['text'])).toHaveLength(2_000_000);
    expect(await Client.open(`${gateway.url}/nothing`)).toMatchObject({ status: 404 });
  });

  it('that a service answers without having understood it is no WebSocket', async () => {
    live.onUpgrade((_request, socket) => {
      socket.write('HTTP/1.1 101 Fine\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET it');
    });
    expect(await Client.open(url())).toMatchObject({
      status: 503,
      body: { code: 'ERR_UPSTREAM_UNAVAILABLE' },
    });
    expect(gateway.upstreams.view().find(({ id }) => id === 'live-1')?.inFlight).toBe(0);
  });

  it.each([
    ['something follows', '', head('GET /live HTTP/1.1', 'Host: a')],
    ['an answer is due before', head('GET /live/slow HTTP/1.1', 'Host: a'), ''],
  ])('bitten 9: is refused where %s, which no service sees', async (_what, before, after) => {
    live.respond = (_request, response) => void setTimeout(() => response.end('first'), 50);
    const text = await sendRaw(gateway.port, before + head('GET /live HTTP/1.1', ...HANDSHAKE) + after);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([...(before ? ['HTTP/1.1 200'] : []), 'HTTP/1.1 400']);
    expect(live.requests).toHaveLength(before ? 1 : 0);
  });

  it('bitten 9: is refused as any other request is', async () => {
    const text = await sendRaw(gateway.port, head('GET /live HTTP/1.1', ...HANDSHAKE, 'Host: b'));
    expect(text).toMatch(/^HTTP\/1\.1 400[^]*ERR_BAD_REQUEST/);
    expect(live.requests).toHaveLength(0);
  });

  it.each([
    ['another protocol', ['Connection: Upgrade', 'Upgrade: h2c']],
    ['a choice of protocols', ['Connection: Upgrade', 'Upgrade: websocket, h2c']],
  ])('bitten 9: for %s is an ordinary request, and the last one', async (_what, lines) => {
    live.respond = sayId('live-1');
    const request = head('GET /live HTTP/1.1', 'Host: a', ...lines);
    const text = await sendRaw(gateway.port, request + head('GET /live HTTP/1.1', 'Host: a'));
    // Node loses what follows in its packet: what comes then could be the middle of a request.
    expect(text.match(/HTTP\/1\.1 \d+|connection: close/gi)).toEqual(['HTTP/1.1 200', 'Connection: close']);
    expect(served).toHaveLength(0);
  });

  it('with a body is an ordinary request', async () => {
    live.respond = sayId('live-1');
    const lines = [...HANDSHAKE, 'Content-Length: 2'];
    const connection = await RawConnection.open(gateway.port);
    connection.send(`${head('GET /live HTTP/1.1', ...lines)}{}`);
    await connection.until(() => connection.text.includes('"bytes":2'));
    connection.socket.destroy();
  });
});

describe('a WebSocket of a session', () => {
  it.each([
    ['cookie', byCookie],
    ['bearer token', byBearer],
  ])('G8: by %s is closed when the journal says that it ended, before anybody is told', async (_what, by) => {
    const session = await world.signIn();
    const other = await world.signIn();
    const client = await Client.opened(url(), by(session));
    const others = await Client.opened(url(), by(other));
    gateway.sessions.hear({ kind: 'ended', names: [world.nameOf(session.sessionId)], ended: ENDED });
    // What the service says from here on comes too late.
    served[0]?.send('too late');
    expect(await client.closed).toEqual([1008, 'the session has ended']);
    expect(client.messages).toEqual([]);
    expect(await others.echo('still here')).toBe('still here');
    others.socket.terminate();
  });

  it('G8: that ends while it is opened is not left open', async () => {
    const session = await world.signIn();
    const asked = new Promise<() => void>((resolve) =>
      live.onUpgrade((...handshake) => resolve(() => acceptor(...handshake))),
    );
    const opening = Client.opened(url(), byBearer(session));
    const answer = await asked;
    gateway.sessions.hear({ kind: 'ended', names: [world.nameOf(session.sessionId)], ended: ENDED });
    answer();
    expect(await (await opening).closed).toEqual([1008, 'the session has ended']);
  });

  it('is closed within a look when its session ends and no journal says so', async () => {
    const session = await world.signIn();
    const client = await Client.opened(url(), byBearer(session));
    await world.manager.revoke(session.sessionId, 'logout');
    expect(await client.closed).toEqual([1008, 'the session has ended']);
  });

  it('is closed at the deadline of its session', async () => {
    const session = await world.signIn();
    const client = await Client.opened(url(), byBearer(session));
    world.now += 31 * 60_000 + 60_000;
    expect(await client.closed).toEqual([1008, 'the session has ended']);
  });

  it('is closed when its session has fewer roles, and goes on when it has more', async () => {
    const session = await world.signIn();
    const client = await Client.opened(url(), byBearer(session));
    const give = (roles: string[], authzVersion: number) =>
      world.manager.changeRoles(session.userId, { roles, authzVersion });
    await give(['user', 'admin'], 1);
    gateway.sessions.hear({ kind: 'changed', names: [world.nameOf(session.sessionId)] });
    expect(await client.echo('promoted')).toBe('promoted');
    await give(['user'], 2);
    gateway.sessions.hear({ kind: 'changed', names: [world.nameOf(session.sessionId)] });
    expect(await client.closed).toEqual([1008, 'the session has ended']);
  });

  it('outlives its access token while its session is confirmed', async () => {
    const session = await world.signIn();
    const client = await Client.opened(url(), byBearer(session));
    const reads = world.reads;
    world.now += world.tokenMs + 1_000;
    await until(() => world.reads > reads + 2);
    expect(await client.echo('still here')).toBe('still here');
    client.socket.terminate();
  });

  it('with the strategy token ends with its access token', async () => {
    world.carriesSessions = true;
    world.tokenMs = 300;
    const session = await world.signIn();
    await gateway.stop();
    gateway = await GatewayUnderTest.start({ world });
    live = await Upstream.start('live-1');
    served = echoOn(live);
    gateway.use(live);
    const client = await Client.opened(url(), byBearer(session));
    expect(await client.echo('in time')).toBe('in time');
    expect(await client.closed).toEqual([1008, 'the access token has expired']);
  });

  it('notes what its client sends as activity, and not that it is there', async () => {
    const session = await world.signIn();
    const client = await Client.opened(url(), byBearer(session));
    const touched = gateway.touched.length;
    const pong = once(client.socket, 'pong');
    client.socket.ping();
    await pong;
    expect(gateway.touched).toHaveLength(touched);
    await client.echo('somebody is here');
    expect(gateway.touched.slice(touched)).toEqual([session.sessionId]);
    client.socket.terminate();
  });
});

describe('a drain', () => {
  it('bitten 12: closes WebSockets with 1001, and those that are just being opened', async () => {
    const client = await Client.opened(url());
    gateway.streams.drain();
    expect(await client.closed).toEqual([1001, 'going away']);
    await until(() => gateway.inFlight.count === 0);
    const late = await Client.opened(url());
    expect(await late.closed).toEqual([1001, 'going away']);
  });

  it('cuts a WebSocket that is in the midst of a frame', async () => {
    const client = await Client.opened(url());
    live.onUpgrade(() => undefined);
    // The head of a frame of 100 bytes, and ten of them.
    (served[0] as unknown as { _socket: { write(data: Buffer): void } })._socket.write(
      Buffer.concat([Buffer.of(0x82, 100), Buffer.alloc(10)]),
    );
    await until(() => gateway.inFlight.count === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    gateway.streams.drain();
    expect((await client.closed)[0]).toBe(1006);
  });
});
