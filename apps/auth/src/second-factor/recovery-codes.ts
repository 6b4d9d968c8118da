import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

const COUNT = 10;
/** 120 bits: too many to guess, so that a keyed hash is enough (OWASP ASVS 5.0, 6.5.2 asks for 112). */
const CODE_BYTES = 15;
/** Crockford's base32 in small letters: no i, l, o, u that could be misread. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const MISREAD: Readonly<Record<string, string>> = { i: '1', l: '1', o: '0' };

/** Ten new codes: six groups of four characters each. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, newCode);
}

function newCode(): string {
  const bits = Array.from(randomBytes(CODE_BYTES), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET.charAt(parseInt(five, 2))).join('');
  return (characters.match(/.{4}/g) ?? []).join('-');
}

/** Hashes recovery codes for Postgres: HMAC-SHA256, so that the rows alone say nothing, each bound to its user. */
export class RecoveryCodeHashes {
  private readonly key: Buffer;

  /** @param secret - `ACCOUNT_SECRET` */
  constructor(secret: string) {
    const bytes = hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'holdfast recovery codes v1', 32);
    this.key = Buffer.from(bytes);
  }

  /** However it was typed: capitals, blanks, dashes and misread characters do not count. */
  hash(userId: string, code: string): string {
    const meant = code
      .toLowerCase()
      .replace(/[\s-]/g, '')
      .replace(/[ilo]/g, (character) => MISREAD[character] ?? character);
    return createHmac('sha256', this.key).update(`${userId} ${meant}`).digest('base64url');
  }
}
