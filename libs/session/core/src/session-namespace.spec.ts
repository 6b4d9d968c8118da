import { randomBytes } from 'node:crypto';
import { beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SessionDataError, SessionEndedError, SessionUnknownError } from './errors.js';
import { MemorySessionStore } from './memory-session-store.js';
import { defineNamespace, MAX_DATA_BYTES } from './namespace-definition.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';
import { SessionManager } from './session-manager.js';
import { DEFAULT_SESSION_SETTINGS } from './session-settings.js';

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: secret() } }, ids);

const order = defineNamespace({ name: 'order', owner: 'spec', schema: z.number() });
const anything = defineNamespace({ name: 'order', owner: 'spec', schema: z.unknown() });
const user = defineNamespace({ name: 'user', owner: 'user', schema: z.object({ locale: z.string() }) });

let store: MemorySessionStore;
let manager: SessionManager;
let sessionId: string;

const instance = (owner = 'spec') =>
  new SessionManager({ store, ids, refreshTokens, settings: DEFAULT_SESSION_SETTINGS, owner });

beforeEach(async () => {
  store = new MemorySessionStore();
  manager = instance();
  const { session } = await manager.begin({ userId: 'ada', roles: [], client: { ip: '', userAgent: '' } });
  sessionId = session.record.sessionId;
});

it('reads version 0 and nothing before the first write', async () => {
  expect(await manager.namespace(order).read(sessionId)).toEqual({ version: 0, value: undefined });
  expect(await manager.allData(sessionId)).toEqual({});
});

it('shows every namespace to every service', async () => {
  await instance('user')
    .namespace(user)
    .update(sessionId, () => ({ locale: 'de' }));
  await manager.namespace(order).update(sessionId, (n = 0) => n + 1);
  expect(await instance().allData(sessionId)).toEqual({ user: { locale: 'de' }, order: 1 });
});

it('G10: loses no update of several managers at once', async () => {
  const carts = [1, 2, 3, 4].map(() => instance().namespace(order));
  await Promise.all(
    carts.flatMap((cart) => Array.from({ length: 50 }, () => cart.update(sessionId, (n = 0) => n + 1))),
  );
  expect(await carts[0]?.read(sessionId)).toEqual({ version: 200, value: 200 });
});

it('loses no update of two namespace objects of one manager', async () => {
  const add = () => manager.namespace(order).update(sessionId, (n = 0) => n + 1);
  const results = await Promise.all(Array.from({ length: 50 }, add));
  expect(results.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
});

it('writes nothing when the change throws, and goes on with the next', async () => {
  const cart = manager.namespace(order);
  const failing = cart.update(sessionId, () => {
    throw new RangeError('too many');
  });
  const next = cart.update(sessionId, () => 7);
  await expect(failing).rejects.toThrow('too many');
  expect(await next).toEqual({ version: 1, value: 7 });
});

it('does not let one session wait for another', async () => {
  const { session } = await manager.begin({ userId: 'bob', roles: [], client: { ip: '', userAgent: '' } });
  const cart = manager.namespace(order);
  const both = [cart.update(sessionId, () => 1), cart.update(session.record.sessionId, () => 2)];
  expect(await Promise.all(both)).toEqual([
    { version: 1, value: 1 },
    { version: 1, value: 2 },
  ]);
});

it('G15: says why the session is over, or that there is none', async () => {
  const cart = manager.namespace(order);
  const over = cart.update(sessionId, (n = 0) => {
    void store.end(sessionId, 'logout');
    return n;
  });
  await expect(over).rejects.toBeInstanceOf(SessionEndedError);
  await expect(cart.read(sessionId)).rejects.toMatchObject({ ended: { because: 'logout' } });
  await expect(cart.read(ids.mint('ada'))).rejects.toBeInstanceOf(SessionUnknownError);
  await expect(cart.update('forged', () => 1)).rejects.toMatchObject({ code: 'ERR_SESSION_ENDED' });
  expect(await manager.allData(sessionId)).toBeUndefined();
});

it('refuses what is not JSON and what is too large', async () => {
  const cart = manager.namespace(anything);
  await expect(cart.update(sessionId, () => undefined)).rejects.toBeInstanceOf(TypeError);
  await expect(cart.update(sessionId, () => '☂'.repeat(MAX_DATA_BYTES / 3))).rejects.toBeInstanceOf(
    RangeError,
  );
  await cart.update(sessionId, () => 'x'.repeat(MAX_DATA_BYTES - 2));
});

it('is written by its owner alone, and read by everybody', async () => {
  await instance('user')
    .namespace(user)
    .update(sessionId, () => ({ locale: 'de' }));
  expect((await manager.namespace(user).read(sessionId)).value).toEqual({ locale: 'de' });
  const refused = manager.namespace(user).update(sessionId, () => ({ locale: 'fr' }));
  await expect(refused).rejects.toThrow(new TypeError('Only user writes the namespace user, not spec.'));
  const nobody = new SessionManager({ store, ids, settings: DEFAULT_SESSION_SETTINGS });
  await expect(nobody.namespace(user).update(sessionId, () => ({ locale: 'fr' }))).rejects.toThrow(
    'Only user writes the namespace user, not nobody.',
  );
  expect((await nobody.namespace(user).read(sessionId)).value).toEqual({ locale: 'de' });
});

it('writes nothing that its schema refuses', async () => {
  const writer = instance('user').namespace(user);
  const wrong = writer.update(sessionId, () => ({ locale: 7 as never }));
  await expect(wrong).rejects.toThrow(new TypeError('Not version 1 of the namespace user: see locale.'));
  expect(await writer.read(sessionId)).toEqual({ version: 0, value: undefined });
});

it('neither reads nor replaces what cannot be read', async () => {
  await store.writeData(sessionId, 'order', 0, '"hunter2"');
  const cart = manager.namespace(order);
  await expect(cart.read(sessionId)).rejects.toBeInstanceOf(SessionDataError);
  await expect(cart.update(sessionId, () => 1)).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  expect(await manager.allData(sessionId)).toEqual({ order: 'hunter2' });
});
