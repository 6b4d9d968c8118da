import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from './api-client.js';
import { Browser } from './browser.js';
import { Device, UnexpectedAnswer } from './person.js';

const CREDENTIALS = { email: 'ada@example.test', password: 'correct horse battery' };
const HOST = 'Path=/; Secure; HttpOnly; SameSite=Lax';

interface Seen {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A platform that answers what it is told to, and remembers what it was asked. */
class StandIn {
  readonly seen: Seen[] = [];
  readonly answers: { status: number; body: object; setCookie?: readonly string[] }[] = [];
  private readonly server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      this.seen.push({ line: `${method} ${url}`, headers, body: text === '' ? undefined : JSON.parse(text) });
      const { status, body, setCookie = [] } = this.answers.shift() ?? { status: 200, body: {} };
      response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': [...setCookie] });
      response.end(JSON.stringify(body));
    });
  });

  async listen(): Promise<ApiClient> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return new ApiClient(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let platform: StandIn;
let api: ApiClient;
beforeAll(async () => {
  platform = new StandIn();
  api = await platform.listen();
});
beforeEach(() => {
  platform.seen.length = 0;
  platform.answers.length = 0;
});
afterAll(() => platform.close());

const signedIn = (cookie: string, id = 's1') => ({
  status: 200,
  body: { sessionId: id, expiresAt: '2030-01-01T00:00:00.000Z' },
  setCookie: [`__Host-session=${cookie}; ${HOST}`],
});

describe('a browser', () => {
  it('signs in by cookie, and shows it from then on', async () => {
    platform.answers.push(signedIn('first'));
    const browser = await Browser.signIn(api, { ...CREDENTIALS, code: '123456' });
    expect(platform.seen[0]).toMatchObject({
      line: 'POST /auth/login',
      body: { ...CREDENTIALS, code: '123456', transport: 'cookie' },
    });
    expect(platform.seen[0]?.headers).not.toHaveProperty('cookie');
    expect([browser.cookie, browser.sessionId]).toEqual(['first', 's1']);
    await browser.call('GET', '/cart');
    expect(platform.seen[1]?.headers).toMatchObject({ cookie: '__Host-session=first' });
  });

  it('says where an unsafe request comes from, and lets a test lie about it', async () => {
    const browser = new Browser(api, 'planted');
    await browser.call('GET', '/cart');
    await browser.call('POST', '/auth/logout');
    await browser.call('POST', '/auth/logout', { headers: { origin: 'https://evil.example' } });
    expect(platform.seen.map(({ headers }) => headers.origin)).toEqual([
      undefined,
      api.baseUrl,
      'https://evil.example',
    ]);
    expect(platform.seen.every(({ headers }) => headers['sec-fetch-site'] === 'same-origin')).toBe(true);
  });

  it('follows the cookie through a rotation to its end', async () => {
    platform.answers.push({ ...signedIn('guest', 'g1'), status: 201 }, signedIn('first'), signedIn('second'));
    const browser = await Browser.guest(api);
    await browser.signIn(CREDENTIALS, true);
    expect(platform.seen[1]).toMatchObject({
      headers: { cookie: '__Host-session=guest' },
      body: { rememberMe: true },
    });
    await browser.stepUp(CREDENTIALS);
    expect(platform.seen[2]).toMatchObject({
      line: 'POST /auth/step-up',
      body: { password: CREDENTIALS.password },
    });
    expect(browser.cookie).toBe('second');
    platform.answers.push({ status: 200, body: {}, setCookie: [`__Host-session=; Max-Age=0; ${HOST}`] });
    await browser.call('POST', '/auth/logout');
    expect(browser.cookie).toBeUndefined();
    await browser.call('GET', '/products');
    expect(platform.seen.at(-1)?.headers).not.toHaveProperty('cookie');
  });

  it.each([
    ['of another name', `other=x; ${HOST}`],
    ['without Secure', '__Host-session=x; Path=/; HttpOnly'],
    ['for a domain', `__Host-session=x; Domain=example.test; ${HOST}`],
    ['for a path', '__Host-session=x; Path=/auth; Secure'],
  ])('ignores a cookie %s', async (_what, line) => {
    platform.answers.push({ status: 200, body: {}, setCookie: [line] });
    const browser = new Browser(api, 'before');
    await browser.call('GET', '/cart');
    expect(browser.cookie).toBe('before');
  });

  it('drops a cookie that has expired', async () => {
    const expired = `__Host-session=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${HOST}`;
    platform.answers.push({ status: 401, body: {}, setCookie: [expired] });
    const browser = new Browser(api, 'before');
    await browser.call('GET', '/cart');
    expect(browser.cookie).toBeUndefined();
  });

  it('says what came where the sign-in is refused', async () => {
    platform.answers.push({ status: 401, body: { code: 'ERR_CREDENTIALS' } });
    await expect(Browser.signIn(api, CREDENTIALS)).rejects.toThrow(UnexpectedAnswer);
  });
});

describe('a device', () => {
  it('begins as a guest, and keeps the tokens of its step-up', async () => {
    const tokens = { access_token: 'a1', refresh_token: 'r1', expires_in: 300, sessionId: 's1' };
    platform.answers.push({ status: 201, body: tokens });
    const device = await Device.guest(api);
    platform.answers.push({ status: 200, body: { ...tokens, access_token: 'a2', refresh_token: 'r2' } });
    await device.stepUp(CREDENTIALS);
    expect(device.tokens).toMatchObject({ access_token: 'a2', refresh_token: 'r2', sessionId: 's1' });
    expect(platform.seen.map(({ line, headers }) => [line, headers.authorization])).toEqual([
      ['POST /auth/guest', undefined],
      ['POST /auth/step-up', 'Bearer a1'],
    ]);
    await device.call('GET', '/cart');
    expect(platform.seen.at(-1)?.headers.authorization).toBe('Bearer a2');
  });
});
