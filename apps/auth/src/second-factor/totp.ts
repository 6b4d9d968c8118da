import { Secret, TOTP } from 'otpauth';

/** What authenticator apps assume where they are told nothing (RFC 6238; the key of 160 bits by RFC 4226, 4). */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const KEY_BYTES = 20;
const ISSUER = 'Holdfast';
/** Clocks differ and people type slowly: the step before and the one after are taken, too (RFC 6238, 5.2). */
const WINDOW = 1;

/** A new key, as the user gets it. */
export interface TotpKey {
  /** Base32 without padding. */
  readonly secret: string;
  /** `otpauth:` URI, for a QR code. */
  readonly uri: string;
}

/** @param email - what the app shows beside the service's name */
export function newTotpKey(email: string): TotpKey {
  const secret = new Secret({ size: KEY_BYTES });
  const uri = new TOTP({ ...PARAMETERS, issuer: ISSUER, label: email, secret }).toString();
  return { secret: secret.base32, uri };
}

/** The time step whose code it is, the present one or a neighbour; `undefined` for any other code. Constant time. */
export function stepOf(code: string, secret: string, now: number): number | undefined {
  const totp = new TOTP({ ...PARAMETERS, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? undefined : totp.counter({ timestamp: now }) + delta;
}
