import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const [k1, k2] = [secret(), secret()];
const tokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1 } }, ids);
const sessionId = ids.mint('ada');

function parsed(token: string, by = tokens) {
  const result = by.parse(token);
  if (!result) throw new Error('The token was refused.');
  return result;
}

it('issues a first token whose secret the store knows only by its hash', () => {
  const { token, secret: kept } = tokens.first(sessionId);
  expect(tokens.parse(token)?.presented).toEqual({ sessionId, generation: 1, hash: kept.hash });
  expect(kept.keyId).toBe('k1');
  const body = Buffer.from(token, 'base64url');
  expect(createHash('sha256').update(body.subarray(53, 85)).digest('base64url')).toBe(kept.hash);
  expect(tokens.first(sessionId).token).not.toBe(token);
});

it('G11: derives the same successor wherever and however often it is asked', () => {
  const elsewhere = new RefreshTokens({ activeKeyId: 'k1', keys: { k1 } }, ids);
  const { token } = tokens.first(sessionId);
  const successor = tokens.successor(parsed(token));
  expect(elsewhere.successor(parsed(token, elsewhere))).toEqual(successor);
  expect(tokens.parse(successor?.token ?? '')?.presented).toMatchObject({
    generation: 2,
    hash: successor?.secret.hash,
  });
});

it('gives two instances one chain of successors, all of one session, whoever of them is asked', () => {
  const other = new RefreshTokens({ activeKeyId: 'k1', keys: { k1, k2 } }, ids);
  fc.assert(
    fc.property(fc.string(), fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), (userId, asked) => {
      const session = ids.mint(userId);
      let { token } = tokens.first(session);
      asked.forEach((isOther, at) => {
        const next = (by: RefreshTokens) => by.successor(parsed(token, by))?.token ?? '';
        expect(next(other)).toBe(next(tokens));
        token = next(isOther ? other : tokens);
        expect(parsed(token).presented).toMatchObject({ sessionId: session, generation: at + 2 });
      });
    }),
  );
});

it('derives another successor for another token, generation, session or key', () => {
  const both = new RefreshTokens({ activeKeyId: 'k1', keys: { k1, k2 } }, ids);
  const first = both.first(sessionId).token;
  const second = both.successor(parsed(first, both))?.token ?? '';
  const made = [
    second,
    both.successor(parsed(first, both), 'k2')?.token,
    both.successor(parsed(second, both))?.token,
    both.successor(parsed(both.first(sessionId).token, both))?.token,
    both.successor(parsed(both.first(ids.mint('ada')).token, both))?.token,
  ];
  expect(new Set(made).size).toBe(5);
  expect(made).not.toContain(undefined);
});

it('G12: takes tokens of the key before the active one, and repeats its successors', () => {
  const { token } = tokens.first(sessionId);
  const before = tokens.successor(parsed(token));
  const rotated = new RefreshTokens({ activeKeyId: 'k2', keys: { k1, k2 } }, ids);
  expect(rotated.successor(parsed(token, rotated))?.secret.keyId).toBe('k2');
  expect(rotated.successor(parsed(token, rotated), 'k1')).toEqual(before);
  expect(rotated.successor(parsed(token, rotated), 'k0')).toBeUndefined();
});

it('G16: refuses a token with any one bit changed', () => {
  const bytes = Buffer.from(tokens.first(sessionId).token, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const forged = Buffer.from(bytes);
    forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(tokens.parse(forged.toString('base64url'))).toBeUndefined();
  }
});

it('G16: refuses tokens of other keys, of sessions that are not ours, and everything that is no token', () => {
  const strangers = new SessionIds(SessionKeys.fromSecret(secret()));
  const otherKey = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: k2 } }, ids).first(sessionId).token;
  const otherSession = new RefreshTokens({ activeKeyId: 'k1', keys: { k1 } }, strangers).first(
    strangers.mint('ada'),
  ).token;
  const { token } = tokens.first(sessionId);
  for (const bad of [otherKey, otherSession, '', sessionId, `${token}A`, token.slice(4), `${token}\n`]) {
    expect(tokens.parse(bad)).toBeUndefined();
  }
});

it('refuses a ring without its active key, and weak secrets', () => {
  expect(() => new RefreshTokens({ activeKeyId: 'k2', keys: { k1 } }, ids)).toThrow(TypeError);
  expect(() => new RefreshTokens({ activeKeyId: 'k1', keys: { k1: 'weak' } }, ids)).toThrow(TypeError);
  expect(() => new RefreshTokens({ activeKeyId: 'toString', keys: { k1 } }, ids)).toThrow(TypeError);
});

it('issues nothing for what is no session id', () => {
  expect(() => tokens.first('nonsense')).toThrow(TypeError);
});
