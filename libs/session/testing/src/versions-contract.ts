import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { DEFAULT_SESSION_SETTINGS, RefreshTokens, SessionManager } from '@holdfast/session-core';
import { basket, wrappedBasket } from './sample-namespaces.js';
import { randomUser, type StoreHarness } from './store-harness.js';

const client = { ip: '203.0.113.7', userAgent: 'contract' };

/** Code of two versions, on the sessions of one store. */
export function describeVersions(harness: StoreHarness): void {
  const ring = { activeKeyId: 'k1', keys: { k1: randomBytes(32).toString('base64url') } };
  const instance = (): SessionManager =>
    new SessionManager({
      store: harness.store,
      ids: harness.ids,
      refreshTokens: new RefreshTokens(ring, harness.ids),
      settings: DEFAULT_SESSION_SETTINGS,
      owner: 'shop',
    });
  const begin = async (manager: SessionManager) =>
    (await manager.begin({ userId: randomUser(), roles: [], client })).session.record.sessionId;

  it('G17: each version reads what the other wrote, and neither loses what it does not know', async () => {
    const [older, newer] = [instance(), instance()];
    const sessionId = await begin(older);
    await older.namespace(basket).update(sessionId, () => ({ items: { tea: 2 }, note: 'soon' }));
    await newer.namespace(wrappedBasket).update(sessionId, (held) => ({
      ...held,
      lines: { ...held?.lines, cup: { quantity: 1, isWrapped: true } },
    }));
    await older.namespace(basket).update(sessionId, (held) => ({ items: { ...held?.items, cup: 5 } }));
    expect((await older.namespace(basket).read(sessionId)).value).toEqual({ items: { tea: 2, cup: 5 } });
    expect(await newer.namespace(wrappedBasket).read(sessionId)).toEqual({
      version: 3,
      value: { lines: { tea: { quantity: 2, isWrapped: false }, cup: { quantity: 5, isWrapped: true } } },
    });
  });

  it('G17: shows the value as its last writer knows it', async () => {
    const manager = instance();
    const sessionId = await begin(manager);
    await manager.namespace(wrappedBasket).update(sessionId, () => ({ lines: {}, message: 'hello' }));
    expect(await manager.allData(sessionId)).toEqual({ basket: { lines: {}, message: 'hello' } });
    await manager.namespace(basket).update(sessionId, (held) => ({ items: {}, ...held }));
    expect(await manager.allData(sessionId)).toEqual({ basket: { items: {}, note: 'hello' } });
  });

  it('G17: hands over what both versions wrote', async () => {
    const manager = instance();
    const [from, into] = [await begin(manager), await begin(manager)];
    const lines = { cup: { quantity: 1, isWrapped: true } };
    await manager.namespace(wrappedBasket).update(from, () => ({ lines }));
    await manager.namespace(basket).update(from, (held) => ({ items: {}, ...held, note: 'soon' }));
    await manager.replace(from);
    expect(await manager.adopt(from, into)).toBe(true);
    expect((await manager.namespace(basket).read(into)).value).toEqual({ items: { cup: 1 }, note: 'soon' });
    expect((await manager.namespace(wrappedBasket).read(into)).value).toEqual({ lines, message: 'soon' });
  });

  it('G17: reads what was written before there were versions', async () => {
    const manager = instance();
    const sessionId = await begin(manager);
    await harness.store.writeData(sessionId, 'basket', 0, '{"items":{"tea":2}}');
    const { value } = await manager.namespace(wrappedBasket).read(sessionId);
    expect(value).toEqual({ lines: { tea: { quantity: 2, isWrapped: false } } });
  });
}
