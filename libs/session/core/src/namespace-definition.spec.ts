import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { SessionDataError } from './errors.js';
import { defineNamespace, MAX_DATA_BYTES } from './namespace-definition.js';

const line = z.object({ id: z.string(), quantity: z.int() });
const first = defineNamespace({
  name: 'cart',
  owner: 'order',
  schema: z.object({ lines: z.array(line), note: z.string() }),
});
/** Lines may be gifts, and the note is a list of words. */
const secondSchema = z.object({
  lines: z.array(line.extend({ isGift: z.boolean() })),
  words: z.array(z.string()),
  coupon: z.string(),
});
const second = first.next({
  schema: secondSchema,
  up: ({ lines, note }, newer) => ({
    lines: lines.map((one) => ({
      ...one,
      isGift: newer?.lines.find(({ id }) => id === one.id)?.isGift ?? false,
    })),
    words: note === '' ? [] : note.split(' '),
    coupon: newer?.coupon ?? '',
  }),
  down: ({ lines, words }) => ({
    lines: lines.map(({ id, quantity }) => ({ id, quantity })),
    note: words.join(' '),
  }),
});
/** There is a currency, and code of all three may run at once. */
const third = second.next({
  schema: z.object({ cart: secondSchema, currency: z.string() }),
  up: (cart, newer) => ({ cart, currency: newer?.currency ?? 'EUR' }),
  down: ({ cart }) => cart,
  compatibleWith: 1,
});

const stored = (json: string): unknown => JSON.parse(json);
const one = { lines: [{ id: 'tea', quantity: 2 }], note: 'no sugar' };
const two = {
  lines: [{ id: 'tea', quantity: 2, isGift: true }],
  words: ['no', 'sugar'],
  coupon: 'SPRING',
};

describe('a definition', () => {
  it('knows its version and down to which its writes can be read', () => {
    expect([first, second, third].map(({ version, compatibleWith }) => [version, compatibleWith])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(third).toMatchObject({ name: 'cart', owner: 'order' });
  });

  it.each(['', 'Order', 'a b', '__proto__', 'x'.repeat(33)])('refuses %p as a name', (name) => {
    expect(() => defineNamespace({ name, owner: 'order', schema: z.unknown() })).toThrow(TypeError);
  });

  it.each([0, -1, 1.5, NaN])('refuses %p as the number of a version', (version) => {
    expect(() => defineNamespace({ name: 'a', owner: 'a', schema: z.unknown(), version })).toThrow(TypeError);
  });

  it.each([0, 4, 1.5, NaN])('of version 3 refuses to be compatible with %p', (compatibleWith) => {
    const same = { schema: z.unknown(), up: (value: unknown) => value, down: () => two, compatibleWith };
    expect(() => second.next(same)).toThrow('Version 3 of cart is compatible with 1 to 3 only.');
  });
});

describe('what is stored', () => {
  it('is an envelope with a copy for each version that may still run', () => {
    expect(stored(first.encode(one, undefined).json)).toEqual({ at: 1, 1: one });
    expect(stored(second.encode(two, undefined).json)).toEqual({ at: 2, 2: two, 1: one });
    const now = third.encode({ cart: two, currency: 'CHF' }, undefined);
    expect(stored(now.json)).toEqual({ at: 3, 3: { cart: two, currency: 'CHF' }, 2: two, 1: one });
  });

  it('is what the schema made of it, and the writer is told', () => {
    const trimmed = defineNamespace({ name: 'a', owner: 'a', schema: z.object({ b: z.string().trim() }) });
    const { value, json } = trimmed.encode({ b: ' x ', more: 1 } as { b: string }, undefined);
    expect(value).toEqual({ b: 'x' });
    expect(stored(json)).toEqual({ at: 1, 1: { b: 'x' } });
  });

  it('keeps the copies of newer versions as they are, and drops those that nobody may read any more', () => {
    const held = stored(second.encode(two, undefined).json);
    const changed = { ...one, note: 'sugar' };
    expect(stored(first.encode(changed, held).json)).toEqual({ at: 1, 1: changed, 2: two });
    const alone = second.next({
      schema: z.object({ total: z.int() }),
      up: ({ lines }) => ({ total: lines.length }),
      down: () => two,
      compatibleWith: 3,
    });
    expect(stored(alone.encode({ total: 1 }, held).json)).toEqual({ at: 3, 3: { total: 1 } });
  });

  it('is nothing at first', () => {
    expect(second.decode(undefined)).toBeUndefined();
  });

  it('was written before there were envelopes: then it is version 1', () => {
    expect(first.decode(one)).toEqual(one);
    expect(second.decode(one)).toEqual({
      ...two,
      coupon: '',
      lines: [{ id: 'tea', quantity: 2, isGift: false }],
    });
  });

  it('may be of any size that a version may have, also beside its copies', () => {
    const large = defineNamespace({ name: 'a', owner: 'a', schema: z.string() });
    const next = large.next({ schema: z.string(), up: (value) => value, down: (value) => value });
    const value = 'x'.repeat(MAX_DATA_BYTES - 2);
    expect(next.decode(stored(next.encode(value, undefined).json))).toBe(value);
    expect(() => next.encode(`${value}x`, undefined)).toThrow(RangeError);
  });
});

describe('a value that does not fit', () => {
  it.each([
    ['a wrong type', { ...one, note: 7 }, 'see note.'],
    ['a line without a quantity', { ...one, lines: [{ id: 'hunter2' }] }, 'see lines.0.quantity.'],
    ['two faults', { lines: 'hunter2' }, 'see lines, note.'],
    ['another shape', 'hunter2', 'see (the value).'],
  ])('is not written: %s', (_, value, where) => {
    const write = () => first.encode(value as typeof one, undefined);
    expect(write).toThrow(new TypeError(`Not version 1 of the namespace cart: ${where}`));
  });

  it('is not written for older versions either', () => {
    const wrong = first.next({
      schema: z.string(),
      up: () => '',
      down: () => ({ ...one, note: 7 as never }),
    });
    expect(() => wrong.encode('x', undefined)).toThrow('Not version 1 of the namespace cart: see note.');
  });

  it.each([undefined, () => 1, 1n])('is not written when it is not JSON: %p', (value) => {
    const any = defineNamespace({ name: 'a', owner: 'a', schema: z.unknown() });
    expect(() => any.encode(value, undefined)).toThrow(TypeError);
  });

  it.each([
    ['a bare value', { secret: 'hunter2' }],
    ['a copy', { at: 2, 2: { secret: 'hunter2' }, 1: one }],
    ['a copy of an older version', { at: 1, 1: { secret: 'hunter2' } }],
    ['a copy of before', { at: 1, 1: one, 2: { secret: 'hunter2' } }],
  ])('is not read, and not quoted: %s', (_, value) => {
    const read = () => second.decode(value);
    expect(read).toThrow(SessionDataError);
    expect(read).toThrow(/^What the session holds in the namespace cart cannot be read as version [12]\.$/);
  });

  it('is not read when no copy is left for this version', () => {
    const alone = { schema: z.string(), up: () => 'x', down: () => one, compatibleWith: 2 };
    const held = stored(first.next(alone).encode('x', undefined).json);
    expect(() => first.decode(held)).toThrow(SessionDataError);
    const later = defineNamespace({ name: 'cart', owner: 'order', schema: z.string(), version: 3 });
    expect(() => later.decode(held)).toThrow('cannot be read as version 3');
  });

  it('is not read when a migration makes it', () => {
    const wrong = first.next({ schema: z.string(), up: () => 7 as never, down: () => one });
    expect(() => wrong.decode(one)).toThrow('cannot be read as version 2');
  });
});

describe('code of three versions on one session', () => {
  // What all of them hold together, field by field: the last one who wrote a field counts.
  interface Model {
    readonly quantities: Map<string, { quantity: number; isGift: boolean }>;
    note: string;
    coupon: string;
    currency: string;
  }
  const word = fc.constantFrom('a', 'b', 'c');
  const write = fc.record({
    by: fc.constantFrom(1, 2, 3),
    field: fc.constantFrom('line', 'note', 'coupon', 'gift', 'currency', 'removal'),
    id: fc.constantFrom('cup', 'pot', 'tea'),
    text: word,
    quantity: fc.nat(9),
  });
  type Write = typeof write extends fc.Arbitrary<infer W> ? W : never;

  const EMPTY = { lines: [], words: [], coupon: '' };
  const changeSecond = (cart: z.output<typeof secondSchema>, { field, id, text, quantity }: Write) => {
    const others = cart.lines.filter((one) => one.id !== id);
    const held = cart.lines.find((one) => one.id === id);
    if (field === 'line') return { ...cart, lines: [...others, { isGift: false, ...held, id, quantity }] };
    if (field === 'gift' && held) return { ...cart, lines: [...others, { ...held, isGift: !held.isGift }] };
    if (field === 'note') return { ...cart, words: [text, text] };
    return field === 'coupon' ? { ...cart, coupon: text } : cart;
  };
  const changeFirst = (cart: typeof one, { field, id, text, quantity }: Write) => {
    const others = cart.lines.filter((held) => held.id !== id);
    if (field === 'line') return { ...cart, lines: [...others, { id, quantity }] };
    if (field === 'removal') return { ...cart, lines: others };
    return field === 'note' ? { ...cart, note: `${text} ${text}` } : cart;
  };

  function apply(held: unknown, wanted: Write): unknown {
    if (wanted.by === 1) {
      const cart = changeFirst(first.decode(held) ?? { lines: [], note: '' }, wanted);
      return stored(first.encode(cart, held).json);
    }
    if (wanted.by === 2) {
      return stored(second.encode(changeSecond(second.decode(held) ?? EMPTY, wanted), held).json);
    }
    const now = third.decode(held) ?? { cart: EMPTY, currency: 'EUR' };
    const cart = changeSecond(now.cart, wanted);
    const currency = wanted.field === 'currency' ? wanted.text : now.currency;
    return stored(third.encode({ cart, currency }, held).json);
  }

  function expectIn(model: Model, { by, field, id, text, quantity }: Write): void {
    const held = model.quantities.get(id);
    if (field === 'line') model.quantities.set(id, { isGift: held?.isGift ?? false, quantity });
    if (field === 'removal' && by === 1) model.quantities.delete(id);
    if (field === 'gift' && by > 1 && held) model.quantities.set(id, { ...held, isGift: !held.isGift });
    if (field === 'note') model.note = `${text} ${text}`;
    if (field === 'coupon' && by > 1) model.coupon = text;
    if (field === 'currency' && by > 2) model.currency = text;
  }

  it('G17: loses no field, in whatever order they write', () => {
    const noReturn = (writes: readonly Write[]) => !returnsAfterRemoval(writes);
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 25 }).filter(noReturn), (writes) => {
        const model: Model = { quantities: new Map(), note: '', coupon: '', currency: 'EUR' };
        let held: unknown;
        for (const wanted of writes) {
          held = apply(held, wanted);
          expectIn(model, wanted);
        }
        const lines = [...model.quantities].map(([id, rest]) => ({ id, ...rest }));
        const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
        const seen = third.decode(held);
        expect(seen?.currency).toBe(model.currency);
        expect(seen?.cart.coupon).toBe(model.coupon);
        expect(seen?.cart.lines.sort(byId)).toEqual(lines.sort(byId));
        expect(second.decode(held)?.words.join(' ')).toBe(model.note);
        const plain = lines.map(({ id, quantity }) => ({ id, quantity }));
        expect(first.decode(held)?.lines.sort(byId)).toEqual(plain);
      }),
      { numRuns: 1_000 },
    );
  });

  /** What the older code takes out and puts in again is the same line to the newer one: it may be a gift still. */
  function returnsAfterRemoval(writes: readonly Write[]): boolean {
    const removed = new Set<string>();
    for (const { by, field, id } of writes) {
      if (field === 'removal' && by === 1) removed.add(id);
      if (field === 'line' && removed.has(id)) return true;
    }
    return false;
  }
});
