import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser as Fetching, register, type Credentials } from '@holdfast/fleet-client';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { eventually, fleet, gateway } from './fleet.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let url: string;
/** What pages wrote to their console, and what they threw; an answer that says no is none of their faults. */
const complaints: string[] = [];

beforeAll(async () => {
  url = (await fleet()).gateway.url;
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'],
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

afterAll(() => browser.close());

/** A browser of somebody's own. Nothing moves: a colour on its way to another would be judged as it is just then. */
function visitor(viewport = { width: 1280, height: 800 }): Promise<BrowserContext> {
  return browser.newContext({ viewport, reducedMotion: 'reduce' });
}

async function newTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
      complaints.push(message.text());
  });
  return page;
}

async function signIn(page: Page, { email, password }: Credentials, next: string): Promise<void> {
  await page.goto(`${url}/console/sign-in?next=${encodeURIComponent(`/console/${next}`)}`);
  await fillSignIn(page, { email, password });
}

async function fillSignIn(page: Page, { email, password }: Credentials): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(({ pathname }) => !pathname.endsWith('/sign-in'));
}

/** What breaks the rules of accessibility (WCAG 2.2 AA, as far as a program can tell), by rule and element. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const script = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target)))`;
  return page.evaluate<readonly string[]>(script);
}

describe('the console', () => {
  it('fills a guest’s cart, keeps it through a sign-in and orders it once', async () => {
    const ada = await register(await gateway());
    const context = await visitor();
    const page = await newTab(context);
    await page.goto(`${url}/console/`);
    // At once: two clicks of a stranger make one guest.
    await page.getByRole('button', { name: 'Add Moka pot' }).click();
    await page.getByRole('button', { name: 'Add House blend' }).click();
    await page.getByText('2 items').waitFor();
    await page.getByRole('link', { name: 'Sign in to order' }).click();
    await fillSignIn(page, ada);
    await page.getByText('2 items').waitFor();
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByRole('heading', { name: 'Your orders' }).waitFor();
    await page.getByText('Nothing in it yet').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
    await context.close();
  });

  it('ends another device, with the receipt in sight, and that browser is told why', async () => {
    const ada = await register(await gateway());
    const [here, there] = [await visitor(), await visitor()];
    const page = await newTab(here);
    const other = await newTab(there);
    await signIn(other, ada, 'devices');
    await other.getByText('This browser').waitFor();
    await signIn(page, ada, 'devices');
    await page.getByRole('button', { name: /^End the session/ }).click();
    await page.getByText(/confirmed by (\d+) of \1 instances/).waitFor();
    expect(await barriers(page)).toEqual([]);
    await other.reload();
    await other.getByText('Your session was ended from elsewhere').waitFor();
    expect(await barriers(other)).toEqual([]);
    // It stays explained until somebody signs in, and then leads back to where they were.
    await other.reload();
    await other.getByText('Your session was ended from elsewhere').waitFor();
    await fillSignIn(other, ada);
    expect(new URL(other.url()).pathname).toBe('/console/devices');
    await other.getByText('This browser').waitFor();
    await Promise.all([here.close(), there.close()]);
  });

  it('asks for the password again where that is wanted, and goes on by itself', async () => {
    const ada = await register(await gateway());
    const elsewhere = await Fetching.signIn(await gateway(), ada);
    const context = await visitor();
    const page = await newTab(context);
    await signIn(page, ada, 'devices');
    await page.getByLabel('New password').fill('another correct horse');
    await page.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.getByLabel('Password').fill(ada.password);
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('1 session ended').waitFor();
    expect(await elsewhere.call('GET', '/auth/session')).toMatchObject({
      status: 401,
      body: { endedBecause: 'password-changed' },
    });
    await context.close();
  });

  it('lets an administrator find somebody and end their sessions; others do not see the page', async () => {
    const { admin } = await fleet();
    const ada = await register(await gateway());
    const victim = await Fetching.signIn(await gateway(), ada);
    const context = await visitor();
    const page = await newTab(context);
    await signIn(page, admin, 'sessions');
    await page.getByRole('searchbox').fill(ada.email);
    await page.getByRole('button', { name: ada.email }).click();
    await page.getByRole('button', { name: 'Inspect' }).click();
    const inspected = page.getByRole('dialog');
    await inspected.getByText('holdfast-web').waitFor();
    await inspected.getByText('none: it has a cookie').waitFor();
    expect(await inspected.getByText('Its data, by namespace').count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'End all' }).click();
    await page.getByRole('button', { name: 'End 1 session' }).click();
    await page.getByText(/1 session ended · confirmed by (\d+) of \1 instances/).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await victim.call('GET', '/auth/session')).toMatchObject({
      status: 401,
      body: { endedBecause: 'revoked' },
    });
    const stranger = await newTab(await visitor());
    await signIn(stranger, ada, 'sessions');
    await stranger.getByText('This page is for administrators').waitFor();
    await Promise.all([context.close(), stranger.context().close()]);
  });

  it('shows an administrator what is asked of each instance, and has them chosen otherwise', async () => {
    const { admin } = await fleet();
    const context = await visitor();
    const page = await newTab(context);
    await signIn(page, admin, 'topology');
    const busy = page.getByRole('button', { name: /^instance order-.* requests a second.* of the answers/ });
    const onTheLine = page.getByText(/^p50 .* · p99 /);
    const api = await gateway();
    await eventually(async () => {
      await api.call('GET', '/products');
      return ((await busy.count()) > 0 && (await onTheLine.count()) > 0) || undefined;
    });
    await page.getByRole('button', { name: /^instance order-1/ }).click();
    const seenBy = page.getByRole('dialog').getByText(/^gateway-\d: \d+ in flight, usually .*, .* second/);
    await seenBy.first().waitFor();
    await page.keyboard.press('Escape');
    for (const policy of ['least-request', 'p2c-ewma']) {
      await page.getByLabel('order', { exact: true }).selectOption(policy);
      await page.getByText(`Instances of order are now chosen by ${policy}`).waitFor();
    }
    expect(await barriers(page)).toEqual([]);
    await context.close();
  });

  it('goes by keyboard alone: past the menu to the content, and into a dialog and back', async () => {
    const context = await visitor({ width: 375, height: 700 });
    const page = await newTab(context);
    await page.goto(`${url}/console/`);
    await page.getByRole('button', { name: 'Add Espresso cup' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.press('Enter');
    await page.getByRole('dialog', { name: 'Menu' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Menu' }).waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Menu');
    // Nothing is wider than the screen.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await context.close();
  });

  it('complains of nothing in all of this, its own security policy included', () => {
    expect(complaints).toEqual([]);
  });
});
