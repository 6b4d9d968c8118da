import { Device, register, type ApiClient, type Credentials } from '@holdfast/fleet-client';
import { outcomeOf, reasonOf, Visitor, type Outcome } from './visitor.js';

/** How many accounts the crowd has, and how many sessions it begins with. */
export interface CrowdSize {
  readonly accounts: number;
  readonly sessions: number;
}

const READS = ['/auth/session', '/cart'] as const;
const PROFILES = ['/users/me', '/orders'] as const;
/** Below this many live sessions nobody logs out: the rest of the load needs somebody to send it. */
const FEWEST = 45;
const NOBODY = 'nobody is signed in';

/**
 * Many well-behaved clients of the platform. Each method sends one request and answers what went wrong, `undefined` for
 * nothing; what it learned of its session is in the books.
 */
export class Crowd {
  /** Everybody who ever signed in, for the audit. */
  readonly visitors: Visitor[] = [];
  private live: Visitor[] = [];
  private readonly ended: Visitor[] = [];
  private turn = 0;

  private constructor(
    private readonly gateway: ApiClient,
    private readonly accounts: readonly Credentials[],
    readonly product: string,
  ) {}

  /** Registers the accounts and signs everybody in. */
  static async gather(gateway: ApiClient, size: CrowdSize): Promise<Crowd> {
    const accounts = await inTurn(size.accounts, () => register(gateway));
    const { body } = await gateway.call<{ products: { id: string }[] }>('GET', '/products');
    const crowd = new Crowd(gateway, accounts, body.products[0]?.id ?? '');
    await inTurn(size.sessions, () => crowd.welcome());
    return crowd;
  }

  /** A signed-in read that needs the session and nothing else. */
  read(index: number): Promise<string | undefined> {
    return this.look(READS[index % READS.length] ?? READS[0]);
  }

  /** A signed-in read that needs a database. */
  profile(index: number): Promise<string | undefined> {
    return this.look(PROFILES[index % PROFILES.length] ?? PROFILES[0]);
  }

  /** One more thing in a cart. */
  async add(): Promise<string | undefined> {
    const visitor = this.next();
    if (visitor === undefined) return NOBODY;
    const path = `/cart/items/${this.product}/add`;
    const outcome = await outcomeOf(visitor.device.call('POST', path, { body: { by: 1 } }));
    visitor.book.noteAdd(outcome.status);
    return this.verdict(visitor, outcome);
  }

  /** A refresh; after a failure the same token is shown again at the visitor's next turn. While all are at it, somebody reads. */
  async refresh(): Promise<string | undefined> {
    const visitor = this.next(({ isRefreshing }) => !isRefreshing);
    if (visitor === undefined) return this.read(0);
    visitor.isRefreshing = true;
    try {
      const refreshed = visitor.device.refresh().then(() => ({ status: 200 }));
      return this.verdict(visitor, await outcomeOf(refreshed));
    } finally {
      visitor.isRefreshing = false;
    }
  }

  /** Somebody new. */
  async signIn(): Promise<string | undefined> {
    return reasonOf(await outcomeOf(this.welcome().then(() => ({ status: 200 }))));
  }

  /** Who has been here longest logs out; while few are left, one of them reads instead. */
  async logOut(): Promise<string | undefined> {
    const visitor = this.live.length > FEWEST ? this.live.shift() : undefined;
    if (visitor === undefined) return this.read(0);
    visitor.book.beginLogout();
    const outcome = await outcomeOf(visitor.device.call('POST', '/auth/logout'));
    if (outcome.status === 200) {
      visitor.book.noteLogout();
      this.ended.push(visitor);
    }
    return reasonOf(outcome);
  }

  /** Somebody who has logged out tries again: a refusal is what is right. While nobody has, somebody reads. */
  async knock(index: number): Promise<string | undefined> {
    const visitor = this.ended[index % Math.max(this.ended.length, 1)];
    if (visitor === undefined) return this.read(index);
    const outcome = await outcomeOf(visitor.device.call('GET', '/auth/session'));
    if (outcome.status === 200) visitor.book.noteAcceptance();
    return outcome.status === 401 ? undefined : (reasonOf(outcome) ?? 'accepted after logout');
  }

  private async look(path: string): Promise<string | undefined> {
    const visitor = this.next();
    if (visitor === undefined) return NOBODY;
    return this.verdict(visitor, await outcomeOf(visitor.device.call('GET', path)));
  }

  /** Takes the answer to a session that its client has not ended. A race with its own logout is no failure. */
  private verdict(visitor: Visitor, outcome: Outcome): string | undefined {
    // 400 is what a refresh answers: invalid_grant.
    if (outcome.status !== 401 && outcome.status !== 400) return reasonOf(outcome);
    if (!visitor.book.isLive) return undefined;
    this.refuse(visitor);
    return reasonOf(outcome);
  }

  /** Does what people do who are signed out: signs in again. */
  private refuse(visitor: Visitor): void {
    visitor.book.noteRefusal();
    if (!this.live.includes(visitor)) return;
    this.live = this.live.filter((each) => each !== visitor);
    void this.welcome().catch(() => undefined);
  }

  private async welcome(): Promise<void> {
    const credentials = this.accounts[this.visitors.length % this.accounts.length];
    if (credentials === undefined) throw new Error('the crowd has no accounts');
    const sentAtMs = performance.now();
    const visitor = new Visitor(await Device.signIn(this.gateway, credentials), sentAtMs);
    this.visitors.push(visitor);
    this.live.push(visitor);
  }

  private next(suits: (visitor: Visitor) => boolean = () => true): Visitor | undefined {
    for (let tries = 0; tries < this.live.length; tries += 1) {
      const visitor = this.live[(this.turn += 1) % this.live.length];
      if (visitor !== undefined && suits(visitor)) return visitor;
    }
    return undefined;
  }
}

async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  // A few at a time: each is a password's hash, and the machine may be small.
  while (made.length < count) {
    const few = Array.from({ length: Math.min(4, count - made.length) }, make);
    made.push(...(await Promise.all(few)));
  }
  return made;
}
