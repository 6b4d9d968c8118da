import { Device, register, type ApiClient, type Credentials } from '@holdfast/fleet-client';
import type { Page } from 'playwright-core';

const ON_A_PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1';
const ON_A_LAPTOP =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15';

/** Somebody with some devices, one of which was lost; what a page shows is more than nothing. */
export async function prepareStory(api: ApiClient): Promise<Credentials> {
  const ada = await register(api);
  for (const userAgent of [ON_A_PHONE, ON_A_LAPTOP]) await signInWith(api, ada, userAgent);
  const lost = await Device.signIn(api, ada);
  await lost.call('POST', '/auth/logout');
  return ada;
}

async function signInWith(
  api: ApiClient,
  { email, password }: Credentials,
  userAgent: string,
): Promise<void> {
  await api.call('POST', '/auth/login', {
    body: { email, password },
    headers: { 'user-agent': userAgent },
  });
}

/** Signs in on the page itself. */
export async function signIn(page: Page, { email, password }: Credentials): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

/** Puts some things into the cart. */
export async function fillCart(page: Page): Promise<void> {
  for (const name of ['Moka pot', 'House blend', 'House blend', 'Espresso cup']) {
    await page
      .getByRole('button', { name: `Add ${name}` })
      .first()
      .click();
  }
  await page.getByText('4 items').waitFor();
}
