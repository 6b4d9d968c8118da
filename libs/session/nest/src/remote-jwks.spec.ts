import { beforeEach, describe, expect, it } from '@jest/globals';
import { KeysUnavailableError } from './errors.js';
import { RemoteJwks } from './remote-jwks.js';
import { TokenMint } from './spec/token-mint.js';

let now: number;
let fetches: number;
let served: () => unknown;
let jwks: RemoteJwks;
const [one, two] = [new TokenMint('i', 'a'), new TokenMint('i', 'a')];

beforeEach(() => {
  now = 1_000_000;
  fetches = 0;
  served = () => ({ keys: [one.jwk] });
  const fetchJwks = async () => {
    fetches += 1;
    return served() as never;
  };
  jwks = new RemoteJwks(fetchJwks, { now: () => now });
});

const fail = () => {
  throw new Error('auth is away');
};

describe('RemoteJwks', () => {
  it('fetches once for many who ask at once, and answers from memory after', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => jwks.getKey(one.kid)));
    expect(keys.map((key) => key?.equals(one.publicKey))).toEqual([true, true, true]);
    await jwks.getKey(one.kid);
    expect(fetches).toBe(1);
  });

  it('fetches for made-up ids once in 10 s', async () => {
    for (let index = 0; index < 100; index += 1)
      expect(await jwks.getKey(`made-up-${index}`)).toBeUndefined();
    expect(fetches).toBe(1);
    now += 10_000;
    await jwks.getKey('made-up');
    expect(fetches).toBe(2);
  });

  it('finds the key of a rotation once the cooldown is over', async () => {
    await jwks.getKey(one.kid);
    served = () => ({ keys: [one.jwk, two.jwk] });
    now += 10_000;
    expect(await jwks.getKey(two.kid)).toBeDefined();
  });

  it('keeps the last good keys through failures, and cannot judge unknown ids meanwhile', async () => {
    await jwks.getKey(one.kid);
    served = fail;
    now += 400_000;
    expect(await jwks.getKey(one.kid)).toBeDefined();
    await expect(jwks.getKey(two.kid)).rejects.toThrow(KeysUnavailableError);
    expect(await jwks.getKey(one.kid)).toBeDefined();
    served = () => ({ keys: [one.jwk, two.jwk] });
    now += 500;
    expect(await jwks.getKey(two.kid)).toBeDefined();
  });

  it('does not hammer a service that is away', async () => {
    served = fail;
    for (let index = 0; index < 50; index += 1)
      await expect(jwks.getKey('x')).rejects.toThrow(KeysUnavailableError);
    expect(fetches).toBe(1);
  });

  it('G12: knows a key that was published 10 s before it signs, whenever the set was fetched', async () => {
    for (let fetchedBeforeMs = 0; fetchedBeforeMs <= 20_000; fetchedBeforeMs += 500) {
      now += 1_000_000;
      const fresh = new RemoteJwks(async () => served() as never, { now: () => now });
      served = () => ({ keys: [one.jwk] });
      await fresh.getKey(one.kid);
      // Somebody who makes ids up keeps the cooldown busy all the time.
      for (let at = 0; at < fetchedBeforeMs; at += 500) {
        now += 500;
        await fresh.getKey('made-up');
      }
      served = () => ({ keys: [one.jwk, two.jwk] });
      for (let at = 0; at < 10_000; at += 500) {
        await fresh.getKey('made-up');
        now += 500;
      }
      expect(await fresh.getKey(two.kid)).toBeDefined();
    }
  });

  it('forgets a withdrawn key a minute later where it is used', async () => {
    await jwks.getKey(one.kid);
    served = () => ({ keys: [two.jwk] });
    now += 60_001;
    await jwks.getKey(one.kid);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await jwks.getKey(one.kid)).toBeUndefined();
  });

  it('believes no key after 5 minutes before it has looked', async () => {
    await jwks.getKey(one.kid);
    served = () => ({ keys: [two.jwk] });
    now += 300_001;
    const found = await Promise.all([1, 2, 3].map(() => jwks.getKey(one.kid)));
    expect([found, fetches]).toEqual([[undefined, undefined, undefined], 2]);
  });

  it('waits once for a service that hangs, not at every use of an old key', async () => {
    await jwks.getKey(one.kid);
    let giveUp: (reason: Error) => void = () => undefined;
    served = () => new Promise((_resolve, reject) => (giveUp = reject));
    now += 300_001;
    const first = jwks.getKey(one.kid);
    giveUp(new Error('timeout'));
    expect(await first).toBeDefined();
    now += 500;
    expect(await jwks.getKey(one.kid)).toBeDefined();
    expect(fetches).toBe(3);
  });

  it('takes P-256 signing keys only, and no set without one', async () => {
    const [kid, oct] = ['sym', { kty: 'oct', k: 'AAAA', alg: 'HS256' }];
    served = () => ({
      keys: [{ ...oct, kid }, { ...two.jwk, use: 'enc' }, { ...two.jwk, kid: undefined }, one.jwk],
    });
    expect(await jwks.getKey(kid)).toBeUndefined();
    expect(await jwks.getKey(two.kid)).toBeUndefined();
    expect(await jwks.getKey(one.kid)).toBeDefined();
    const empty = new RemoteJwks(async () => ({ keys: [] }), { now: () => now });
    await expect(empty.getKey(one.kid)).rejects.toThrow(KeysUnavailableError);
  });

  it.each([
    null,
    {},
    { keys: null },
    'html',
    { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k', x: '!', y: '!' }] },
  ])('takes %j for a failure', async (answer) => {
    served = () => answer;
    await expect(jwks.getKey(one.kid)).rejects.toThrow(KeysUnavailableError);
  });
});
