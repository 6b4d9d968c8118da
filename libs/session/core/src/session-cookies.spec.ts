import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { SessionCookies } from './session-cookies.js';
import { SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const cookies = new SessionCookies(ids);
const sessionId = ids.mint('ada');

it('mints a cookie whose secret the store knows only by its hash', () => {
  const { value, hash } = cookies.mint(sessionId);
  expect(value).toMatch(/^[A-Za-z0-9_-]{108}$/);
  expect(cookies.parse(value)).toEqual({ sessionId, hash });
  const bytes = Buffer.from(value, 'base64url');
  expect(createHash('sha256').update(bytes.subarray(49)).digest('base64url')).toBe(hash);
});

it('never mints the same cookie twice', () => {
  const minted = Array.from({ length: 1_000 }, () => cookies.mint(sessionId).value.slice(-43));
  expect(new Set(minted).size).toBe(1_000);
});

it('G16: refuses a cookie whose version or session id has any one bit changed', () => {
  const bytes = Buffer.from(cookies.mint(sessionId).value, 'base64url');
  for (let bit = 0; bit < 49 * 8; bit += 1) {
    const forged = Buffer.from(bytes);
    forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(cookies.parse(forged.toString('base64url'))).toBeUndefined();
  }
});

it('G16: takes a cookie with another secret for another cookie', () => {
  const { value, hash } = cookies.mint(sessionId);
  const bytes = Buffer.from(value, 'base64url');
  for (let bit = 49 * 8; bit < 81 * 8; bit += 1) {
    const guess = Buffer.from(bytes);
    guess.writeUInt8(guess.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const parsed = cookies.parse(guess.toString('base64url'));
    expect(parsed?.sessionId).toBe(sessionId);
    expect(parsed?.hash).not.toBe(hash);
  }
});

it('G16: refuses cookies of other keys and everything that is no cookie', () => {
  const strangers = new SessionIds(SessionKeys.fromSecret(secret()));
  const foreign = new SessionCookies(strangers).mint(strangers.mint('ada')).value;
  const { value } = cookies.mint(sessionId);
  const notText = { toString: () => value } as unknown as string;
  for (const bad of [
    foreign,
    '',
    sessionId,
    `${value}A`,
    value.slice(4),
    ` ${value}`,
    `${value}\n`,
    `${value}=`,
    notText,
  ]) {
    expect(cookies.parse(bad)).toBeUndefined();
  }
});

it('mints nothing for what is no session id', () => {
  expect(() => cookies.mint('nonsense')).toThrow(TypeError);
});
