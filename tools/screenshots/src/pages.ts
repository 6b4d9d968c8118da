import type { ApiClient, Credentials } from '@holdfast/fleet-client';
import type { Page } from 'playwright-core';
import { fillCart, signIn } from './story.js';

/** Who looks, and from where. */
export interface Cast {
  readonly url: string;
  readonly api: ApiClient;
  readonly ada: Credentials & { readonly id?: string };
  readonly admin: Credentials;
}

/** Brings a page to where its picture is taken. */
export type Scene = (page: Page, cast: Cast) => Promise<void>;

const open = (page: Page, { url }: Cast, path: string) => page.goto(`${url}/console/${path}`);

async function openAs(page: Page, cast: Cast, who: Credentials, path: string): Promise<void> {
  await open(page, cast, `sign-in?next=${encodeURIComponent(`/console/${path}`)}`);
  await signIn(page, who);
}

/** A page of the console for each name. */
export const SCENES: Readonly<Record<string, Scene>> = {
  shop: async (page, cast) => {
    await open(page, cast, '');
    await fillCart(page);
  },
  'signed-out': async (page, cast) => {
    await openAs(page, cast, cast.ada, 'devices');
    await page.getByText('This browser').waitFor();
    const phone = await page.context().browser()?.newPage();
    if (!phone) return;
    await openAs(phone, cast, cast.ada, 'devices');
    await phone.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await phone.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await phone.getByText('confirmed by').waitFor();
    await phone.close();
    await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
    await page.getByText('Your session was ended from elsewhere').waitFor();
  },
  devices: async (page, cast) => {
    await openAs(page, cast, cast.ada, 'devices');
    await page.getByText('This browser').waitFor();
  },
  sessions: async (page, cast) => {
    await openAs(page, cast, cast.admin, 'sessions');
    await page.getByRole('button', { name: cast.ada.email }).click();
    await page.getByText('Served by').waitFor();
    const end = page.getByRole('button', { name: /End the session/ });
    if ((await end.count()) > 2) await end.last().click();
    await page
      .getByText('confirmed by')
      .waitFor({ timeout: 2_000 })
      .catch(() => undefined);
  },
  topology: async (page, cast) => {
    await openAs(page, cast, cast.admin, 'topology');
    await page.getByRole('button', { name: /^redis .*: primary/ }).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
  },
  failover: async (page, cast) => {
    await openAs(page, cast, cast.admin, 'failover');
    await page.getByRole('button', { name: '20', exact: true }).click();
    await page.waitForTimeout(15_000);
    await page.getByRole('button', { name: 'Kill: order-1' }).click();
    await page.locator('[data-mark=recovered]', { hasText: 'order-1' }).first().waitFor();
    await page.waitForTimeout(10_000);
    await page.locator('.target', { hasText: 'primary' }).getByRole('button', { name: /^Kill/ }).click();
    await page.locator('[data-mark=elected]').first().waitFor();
    await page.waitForTimeout(12_000);
  },
  audit: async (page, cast) => {
    await openAs(page, cast, cast.admin, 'audit');
    await page.locator('summary').first().click();
    await page.getByText('Happened').first().waitFor();
  },
  anomalies: async (page, cast) => {
    await openAs(page, cast, cast.admin, 'audit?tab=anomalies');
    await page.getByRole('button', { name: 'Anomalies', pressed: true }).waitFor();
    await page.locator('.cards, .empty').first().waitFor();
  },
};
