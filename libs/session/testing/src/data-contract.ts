import { expect, it } from '@jest/globals';
import { randomUser, type StoreHarness } from './store-harness.js';

/** Session data: versioned namespaces, written by compare-and-set. */
export function describeData(harness: StoreHarness): void {
  it('reads nothing where nothing was written', async () => {
    const { record } = await harness.begin(randomUser());
    expect(await harness.store.readData(record.sessionId)).toEqual({});
  });

  it('writes at the expected version and counts up', async () => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    const value = { items: [{ productId: 'tea ☕', quantity: 2 }], note: 'line\nbreak "quoted"', none: null };
    expect(await harness.store.writeData(sessionId, 'order', 0, JSON.stringify(value))).toEqual({
      outcome: 'written',
      version: 1,
    });
    expect(await harness.store.writeData(sessionId, 'order', 1, '[]')).toMatchObject({ version: 2 });
    await harness.store.writeData(sessionId, 'user', 0, JSON.stringify(value));
    expect(await harness.store.readData(sessionId)).toEqual({
      order: { version: 2, value: [] },
      user: { version: 1, value },
    });
  });

  it.each([0, 2, -1])('refuses a write at version %d when 1 is there, and says what is', async (version) => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    await harness.store.writeData(sessionId, 'order', 0, '"held"');
    expect(await harness.store.writeData(sessionId, 'order', version, '"other"')).toEqual({
      outcome: 'conflict',
      current: { version: 1, value: 'held' },
    });
  });

  it('says version 0 and no value when an update meets nothing', async () => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    expect(await harness.store.writeData(sessionId, 'order', 3, '1')).toEqual({
      outcome: 'conflict',
      current: { version: 0, value: undefined },
    });
  });

  it('G10: of 20 writes of one version at once exactly one is written', async () => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    const writes = Array.from({ length: 20 }, () => harness.store.writeData(sessionId, 'order', 0, '"same"'));
    const outcomes = (await Promise.all(writes)).map((write) => write.outcome);
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(await harness.store.readData(sessionId)).toEqual({ order: { version: 1, value: 'same' } });
  });

  it('keeps the data of sessions apart', async () => {
    const user = randomUser();
    const [a, b] = await Promise.all([harness.begin(user), harness.begin(user)]);
    await harness.store.writeData(a.record.sessionId, 'order', 0, '1');
    expect(await harness.store.readData(b.record.sessionId)).toEqual({});
  });
}
