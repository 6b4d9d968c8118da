import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { register } from '@holdfast/fleet-client';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { fleet, gateway } from './fleet.js';

let browser: Browser;
/** Another site, on this machine: what an attacker would have. */
let elsewhere: Server;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'],
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  elsewhere = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await browser.close();
  elsewhere.close();
});

interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks the platform from a script of the page. */
function ask(page: Page, method: string, url: string, body?: unknown): Promise<Seen | string> {
  return page.evaluate(
    async ([how, where, what]) => {
      try {
        const response = await fetch(where, {
          method: how,
          credentials: 'include',
          ...(what !== undefined && { body: what, headers: { 'content-type': 'application/json' } }),
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      } catch (error) {
        return String(error);
      }
    },
    [method, url, body === undefined ? undefined : JSON.stringify(body)] as const,
  );
}

async function pageOf(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

describe('a real browser', () => {
  it('carries a guest into a sign-in, and no script ever sees the cookie or a token', async () => {
    const { url } = (await fleet()).gateway;
    const { email, password } = await register(await gateway());
    const context = await browser.newContext();
    const page = await pageOf(context, `${url}/docs`);
    expect(await ask(page, 'POST', '/auth/guest', { transport: 'cookie' })).toMatchObject({ status: 201 });
    const [planted] = await context.cookies();
    expect(planted).toMatchObject({ name: '__Host-session', httpOnly: true, secure: true, sameSite: 'Lax' });
    const { products } = ((await ask(page, 'GET', '/products')) as Seen).body as {
      products: { id: string }[];
    };
    await ask(page, 'PUT', `/cart/items/${products[0]?.id}`, { quantity: 2 });
    const signedIn = await ask(page, 'POST', '/auth/login', { email, password, transport: 'cookie' });
    expect(signedIn).toEqual({
      status: 200,
      body: { sessionId: expect.any(String), expiresAt: expect.any(String) },
    });
    const [cookie] = await context.cookies();
    expect(cookie?.value).not.toBe(planted?.value);
    expect(await page.evaluate<string>('document.cookie')).toBe('');
    const cart = (await ask(page, 'GET', '/cart')) as Seen;
    expect(cart.body['items']).toEqual([{ productId: products[0]?.id, quantity: 2 }]);
    expect(await ask(page, 'POST', '/auth/logout')).toMatchObject({ status: 200, body: { revoked: 1 } });
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it('sends nothing that counts from another site, and hands it nothing', async () => {
    const { url } = (await fleet()).gateway;
    const { email, password } = await register(await gateway());
    const context = await browser.newContext();
    const home = await pageOf(context, `${url}/docs`);
    await ask(home, 'POST', '/auth/login', { email, password, transport: 'cookie' });
    const { port } = elsewhere.address() as AddressInfo;
    // Another port is another origin of the same site: the cookie comes along, and must not count.
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const evil = await pageOf(context, `http://${host}/`);
      expect(await ask(evil, 'GET', `${url}/auth/session`)).toMatch(/Failed to fetch/);
      expect(await ask(evil, 'POST', `${url}/auth/logout-everywhere`)).toMatch(/Failed to fetch/);
      await evil.setContent(
        `<form method="post" action="${url}/auth/logout-everywhere"><button>Win</button></form>`,
      );
      await evil.click('button');
      await evil.waitForURL(`${url}/auth/logout-everywhere`);
      expect(await evil.textContent('body')).toContain(host.startsWith('127') ? 'ERR_CSRF' : 'ERR_');
    }
    expect(await ask(home, 'GET', '/auth/session')).toMatchObject({ status: 200 });
    await context.close();
  });
});
