import { describe, expect, it } from '@jest/globals';
import type { NamespaceDefinition } from '@holdfast/session-core';

/** Values as each version writes them: a few that differ in every field. */
export interface MigrationSamples<O, N> {
  readonly older: readonly O[];
  readonly newer: readonly N[];
}

/**
 * What two versions of a namespace owe each other, so that nothing is lost while both run. Call it at the top of a
 * spec for each version that is added.
 */
export function runMigrationContract<O, N>(
  older: NamespaceDefinition<O>,
  newer: NamespaceDefinition<N>,
  samples: MigrationSamples<O, N>,
): void {
  describe(`${newer.name}, version ${newer.version} beside ${older.version}`, () => {
    it('G17: keeps what the newer one wrote when the older one writes it back', () => {
      for (const value of samples.newer) {
        const held = writeBack(older, write(newer, value));
        expect(newer.decode(held)).toEqual(value);
      }
    });

    it('G17: keeps what the older one wrote, whatever was there, when the newer one writes it back', () => {
      const before = [undefined, ...samples.newer.map((value) => write(newer, value))];
      for (const value of samples.older) {
        for (const held of before) {
          expect(older.decode(writeBack(newer, write(older, value, held)))).toEqual(value);
        }
      }
    });
  });
}

function write<T>(definition: NamespaceDefinition<T>, value: T, held?: unknown): unknown {
  return JSON.parse(definition.encode(value, held).json);
}

function writeBack<T>(definition: NamespaceDefinition<T>, held: unknown): unknown {
  return write(definition, definition.decode(held) as T, held);
}
