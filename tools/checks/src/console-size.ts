import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './check.js';

const SITE = 'apps/console/dist/site';
/** What a browser loads at most, every page of the console visited: compressed bytes. */
export const MOST_BYTES = 200_000;

/** The console is light, whatever is added to it. */
export const consoleSize: Check = {
  name: 'console-size',
  fact: `the built console is less than ${MOST_BYTES / 1_000} kB, compressed by gzip`,
  run({ root }) {
    return root === '' ? [] : sizeFaults(join(root, SITE));
  },
};

/** What is wrong with the size of a built site: with the files that browsers get, compressed. */
export function sizeFaults(folder: string): readonly string[] {
  if (!existsSync(folder)) return [`${SITE} is not built: npm run build`];
  const names = readdirSync(folder, { recursive: true }).map(String);
  const sizes = names
    .filter((name) => name.endsWith('.gz'))
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }))
    .sort((one, other) => other.bytes - one.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total === 0) return [`${SITE} holds nothing that is compressed: see apps/console/vite.config.mjs`];
  if (total < MOST_BYTES) return [];
  const [largest] = sizes;
  return [`${SITE} has ${total} bytes, at most ${MOST_BYTES}; the largest is ${largest?.name}`];
}
