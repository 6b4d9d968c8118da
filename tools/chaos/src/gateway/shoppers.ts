import { randomUUID } from 'node:crypto';
import { Device, register, type Answer, type ApiClient, type Credentials } from '@holdfast/fleet-client';
import { outcomeIn, reasonOf } from '../visitor.js';

const READS = ['/cart', '/users/me', '/auth/session', '/orders'] as const;
/** Orders of one account: the longest page there is tells them all. */
const PAGE = 100;
const ACCOUNTS = 4;

/** How a reason begins where the connection broke or the time was up. */
export const NO_ANSWER = 'no answer';

/** What undici says where the other end closed a kept connection. */
const CLOSED = /ECONNRESET|other side closed|EPIPE/;

/** A device that has a cart to itself, and its account. */
interface Shopper {
  readonly device: Device;
  readonly account: Account;
  isBuying: boolean;
}

interface Account {
  readonly credentials: Credentials;
  /** Ids of the orders that were acknowledged. */
  readonly placed: string[];
  /** Orders that were sent and got no answer: each may have happened, once. */
  uncertain: number;
}

interface People {
  /** Reads, and buys nothing. */
  readonly reader: Device;
  readonly shoppers: readonly Shopper[];
  readonly accounts: readonly Account[];
}

/** How many orders are there too often, and how many that were acknowledged are not there. */
export interface OrderAudit {
  readonly doubled: number;
  readonly lost: number;
}

/** Signed-in clients that read, and place orders with a key. What they were told is remembered. */
export class Shoppers {
  /** Requests that were sent a second time. */
  sentAgain = 0;
  private turn = 0;

  private constructor(
    private readonly gateway: ApiClient,
    private readonly product: string,
    private readonly people: People,
    private readonly repeats: boolean,
  ) {}

  /**
   * Registers the accounts and signs everybody in. `repeats`: as HTTP clients do, they send a request once more that may be repeated and
   * whose kept connection was closed just as it was sent (RFC 9112 9.3.1).
   */
  static async gather(gateway: ApiClient, count: number, repeats: boolean): Promise<Shoppers> {
    const { body } = await gateway.call<{ products: { id: string }[] }>('GET', '/products');
    const accounts: Account[] = [];
    const shoppers: Shopper[] = [];
    for (let number = 0; number < ACCOUNTS; number += 1) {
      accounts.push({ credentials: await register(gateway), placed: [], uncertain: 0 });
    }
    for (let number = 0; number < count; number += 1) {
      const account = accounts[number % ACCOUNTS];
      if (account === undefined) continue;
      shoppers.push({ device: await Device.signIn(gateway, account.credentials), account, isBuying: false });
    }
    const reader = await Device.ofNewUser(gateway);
    return new Shoppers(gateway, body.products[0]?.id ?? '', { reader, shoppers, accounts }, repeats);
  }

  /** A signed-in read; what went wrong, `undefined` for nothing. */
  async read(index: number): Promise<string | undefined> {
    const path = READS[index % READS.length] ?? READS[0];
    return whatWentWrong(this.send(() => this.people.reader.call('GET', path)));
  }

  /** Fills a cart, which may be repeated, and places a keyed order, once: repeating it is the gateway's business. */
  async order(): Promise<string | undefined> {
    const shopper = this.idle();
    // All are waiting for an answer: more of them would say nothing else.
    if (shopper === undefined) return undefined;
    shopper.isBuying = true;
    try {
      return await this.buy(shopper);
    } finally {
      shopper.isBuying = false;
    }
  }

  /** Compares the orders that are there with what was acknowledged. */
  async audit(): Promise<OrderAudit> {
    let [doubled, lost] = [0, 0];
    for (const { credentials, placed, uncertain } of this.people.accounts) {
      const device = await Device.signIn(this.gateway, credentials);
      const there = await ordersOf(device);
      lost += placed.filter((id) => !there.has(id)).length;
      doubled += Math.max(0, there.size - placed.length - uncertain);
    }
    return { doubled, lost };
  }

  private async buy({ device, account }: Shopper): Promise<string | undefined> {
    const item = `/cart/items/${this.product}`;
    const filled = await whatWentWrong(this.send(() => device.call('PUT', item, { body: { quantity: 1 } })));
    if (filled !== undefined) return filled;
    const headers = { 'idempotency-key': randomUUID() };
    const placing = this.send(() => device.call<{ id: string }>('POST', '/orders', { headers }));
    const [reason, answer] = [await whatWentWrong(placing), await placing.catch(() => undefined)];
    if (reason === undefined && answer) account.placed.push(answer.body.id);
    else if (answer === undefined || answer.status >= 500) account.uncertain += 1;
    return reason;
  }

  private async send<T>(call: () => Promise<Answer<T>>): Promise<Answer<T>> {
    try {
      return await call();
    } catch (error) {
      if (!this.repeats || !CLOSED.test(describe(error))) throw error;
      this.sentAgain += 1;
      return call();
    }
  }

  private idle(): Shopper | undefined {
    const { shoppers } = this.people;
    for (let tries = 0; tries < shoppers.length; tries += 1) {
      const shopper = shoppers[(this.turn += 1) % shoppers.length];
      if (shopper?.isBuying === false) return shopper;
    }
    return undefined;
  }
}

/** Nothing for a success; a status and its code; or that there was no answer, and how one knows. */
async function whatWentWrong(call: Promise<Answer<unknown>>): Promise<string | undefined> {
  try {
    return reasonOf(outcomeIn(await call));
  } catch (error) {
    return `${NO_ANSWER}: ${describe(error)}`;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function ordersOf(device: Device): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | null | undefined;
  do {
    const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const path = `/orders?limit=${PAGE}${after}`;
    const { body } = await device.call<{ orders: { id: string }[]; nextCursor?: string | null }>('GET', path);
    for (const { id } of body.orders) ids.add(id);
    cursor = body.nextCursor;
  } while (cursor);
  return ids;
}
