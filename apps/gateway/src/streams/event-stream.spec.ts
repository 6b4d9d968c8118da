import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection } from '../spec/raw-http.js';
import { SessionWorld, type CookieSession } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';

const ENDED = { state: 'ended', because: 'logout', endedAt: 1 } as const;

let world: SessionWorld;
let gateway: GatewayUnderTest;
let live: Upstream;
/** Sends an event to all who listen. */
let tick: (text: string) => void;

beforeEach(async () => {
  world = new SessionWorld();
  await start();
});
afterEach(() => gateway.stop());

async function start(settings = {}): Promise<void> {
  gateway = await GatewayUnderTest.start({ world, settings });
  const listening = new Set<(text: string) => void>();
  tick = (text) => listening.forEach((send) => send(text));
  live = await Upstream.start('live-1', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    const send = (text: string) => void response.write(`data: ${text}\n\n`);
    listening.add(send);
    response.on('close', () => listening.delete(send));
  });
  gateway.use(await Upstream.start('auth-1', world.auth(sayId('auth-1'))), live);
}

/** Listens to the ticker, and has the head of its answer. */
async function listen(...lines: string[]): Promise<RawConnection> {
  const connection = await RawConnection.open(gateway.port);
  connection.send(head('GET /live/ticker HTTP/1.1', 'Host: a', ...lines));
  return connection.until(() => connection.text.includes('\r\n\r\n'));
}

const ACCEPT = 'Accept: text/event-stream';
const byCookie = ({ cookie }: CookieSession) => `Cookie: __Host-session=${cookie}`;
const byBearer = ({ sessionId }: CookieSession) => `Authorization: Bearer token.${sessionId}.v1`;
const endOf = ({ sessionId }: CookieSession) =>
  gateway.sessions.hear({ kind: 'ended', names: [world.nameOf(sessionId)], ended: ENDED });

describe('an event stream', () => {
  it('bitten 12: flows at once, event by event, with the headers of every answer', async () => {
    const stream = await listen(ACCEPT, 'X-Request-Id: sse-1');
    expect(stream.text).toMatch(/x-request-id: sse-1\r\nx-served-by: live-1\r\nx-gateway: gateway-t\r\n/);
    for (const text of ['one', 'two']) {
      tick(text);
      await stream.until(() => stream.text.includes(`data: ${text}\n\n`));
    }
    stream.socket.destroy();
    await expectGone();
  });

  it('bitten 12: takes none of the connections that all other requests share, however many are open', async () => {
    await gateway.stop();
    await start({ connections: 2 });
    const streams = await Promise.all(Array.from({ length: 5 }, () => listen(ACCEPT)));
    live.respond = sayId('live-1');
    expect((await fetch(`${gateway.url}/live`)).status).toBe(200);
    for (const { socket } of streams) socket.destroy();
    await expectGone();
  });

  it('bitten 12: may be silent for longer than any other body', async () => {
    await gateway.stop();
    await start({ bodyTimeoutMs: 200 });
    const stream = await listen(ACCEPT);
    // A body that is as silent is cut: so long it would have lasted.
    const other = await listen();
    await other.untilClosed();
    expect(stream.closed).toBe(false);
    tick('after all');
    await stream.until(() => stream.text.includes('after all'));
    stream.socket.destroy();
  });

  it.each([
    ['cookie', byCookie, [ACCEPT]],
    ['bearer token', byBearer, [ACCEPT]],
    ['bearer token that did not ask for one', byBearer, []],
  ])('G8: of a session, by %s, is cut when the journal says that it ended', async (_what, by, accept) => {
    const session = await world.signIn();
    const other = await world.signIn();
    const stream = await listen(by(session), ...accept);
    const others = await listen(byBearer(other), ACCEPT);
    await stream.until(() => gateway.streams.bySession.size === 2);
    endOf(session);
    tick('too late');
    await stream.untilClosed();
    await others.until(() => others.text.includes('too late'));
    expect(stream.text).not.toContain('too late');
    others.socket.destroy();
  });

  it('G8: of a session that is over is not opened', async () => {
    const session = await world.signIn();
    await world.manager.revoke(session.sessionId, 'logout');
    const stream = await listen(byBearer(session), ACCEPT);
    expect(stream.text).toMatch(/^HTTP\/1\.1 401[^]*ERR_SESSION_ENDED/);
    stream.socket.destroy();
    expect(live.requests).toHaveLength(0);
  });

  it('bitten 12: ends at a drain, and counts as in flight until then', async () => {
    const stream = await listen(ACCEPT);
    expect(gateway.inFlight.count).toBe(1);
    gateway.streams.drain();
    // Complete: a browser connects again.
    await stream.until(() => stream.text.endsWith('0\r\n\r\n'));
    await expectGone();
    stream.socket.destroy();
  });

  it('that is not read is cut at a drain all the same', async () => {
    const stream = await listen(ACCEPT);
    stream.socket.pause();
    const [sent] = [Buffer.alloc(8_000_000).toString()];
    tick(sent);
    gateway.streams.drain();
    await expectGone();
    stream.socket.destroy();
  });
});

async function expectGone(): Promise<void> {
  const inFlight = () => gateway.upstreams.view().find(({ id }) => id === 'live-1')?.inFlight;
  for (let look = 0; look < 2_000 && (gateway.inFlight.count > 0 || inFlight() !== 0); look++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect([gateway.inFlight.count, gateway.streams.size, inFlight()]).toEqual([0, 0, 0]);
}
