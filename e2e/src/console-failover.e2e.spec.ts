import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { backUnderItsId, eventually, everybodyReady, fleet, processes } from './fleet.js';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'],
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

afterAll(async () => {
  await browser.close();
  await everybodyReady();
});

/** What stands behind something on the timeline's list: the newest of its kind that names `subject`. */
const happened = (page: Page, kind: string, subject: string) =>
  page.locator(`[data-mark=${kind}]`, { hasText: subject }).first();

describe('the console’s timeline', () => {
  it('shows an instance and the Redis primary being killed and what came of it, while the session shops on', async () => {
    const { gateway, admin } = await fleet();
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${gateway.url}/console/sign-in?next=/console/failover`);
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password').fill(admin.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const shop = await context.newPage();
    await shop.goto(`${gateway.url}/console/`);
    await shop.getByRole('button', { name: 'Add Hand grinder' }).click();
    await shop.getByText('1 item', { exact: true }).waitFor();

    await page.getByRole('button', { name: '20', exact: true }).click();
    const [order] = (await processes('order')).filter(({ id }) => id === 'order-1');
    await page.getByRole('button', { name: 'Kill: order-1' }).click();
    await happened(page, 'fault', 'killed order-1').waitFor();
    await happened(page, 'detected', 'order-1').waitFor();
    await happened(page, 'recovered', 'order-1').waitFor();
    if (order) await backUnderItsId(order);

    const primary = page.locator('.target', { hasText: 'primary' });
    const former = await primary.getAttribute('data-target');
    await primary.getByRole('button', { name: /^Kill/ }).click();
    await happened(page, 'elected', 'Redis primary is now').waitFor();
    await eventually(async () => ((await primary.getAttribute('data-target')) === former ? undefined : true));

    // A write may still be refused while the new primary is not believed yet; one that was is made again by its reader.
    await eventually(async () => {
      await shop.getByRole('button', { name: 'Add Hand grinder' }).click();
      const more = shop.getByText(/^[2-9] items$/);
      return more.waitFor({ timeout: 4_000 }).then(
        () => true,
        () => undefined,
      );
    });
    expect(Number(await page.locator('[data-figure="last minute"]').textContent())).toBeGreaterThan(0);
    await page.goto(`${gateway.url}/console/topology`);
    await page.getByRole('button', { name: /^redis .*: primary/ }).waitFor();
    await context.close();
  });
});
