import type { SessionStore } from '@holdfast/session-core';

/** A store whose calls are counted, and that can be taken away. */
export interface CountedStore {
  readonly store: SessionStore;
  readonly calls: readonly string[];
  /** Makes every further call reject with this; `undefined` brings the store back. */
  fail(error: Error | undefined): void;
}

/** Counts the calls of a real store. */
export function counted(inner: SessionStore): CountedStore {
  const calls: string[] = [];
  let failure: Error | undefined;
  const store = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        calls.push(String(name));
        return failure ? Promise.reject(failure) : Reflect.apply(member, target, args);
      };
    },
  });
  return { store, calls, fail: (error) => (failure = error) };
}
