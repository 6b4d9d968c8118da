import { createHmac, hkdfSync } from 'node:crypto';
import { addressBlock } from '@holdfast/service-defaults';

const KEY_CHARACTERS = 22;

/** Names what is counted. Redis gets no e-mail and no address, only a keyed hash that cannot be guessed back. */
export class ThrottleKeys {
  private readonly key: Buffer;

  /** @param secret - `ACCOUNT_SECRET` */
  constructor(secret: string) {
    const bytes = hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'holdfast throttle keys v1', 32);
    this.key = Buffer.from(bytes);
  }

  account(account: string): string {
    return this.hash(`account ${account}`);
  }

  address(address: string): string {
    return this.hash(`address ${addressBlock(address)}`);
  }

  private hash(subject: string): string {
    return createHmac('sha256', this.key).update(subject).digest('base64url').slice(0, KEY_CHARACTERS);
  }
}
