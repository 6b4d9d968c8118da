import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
/** The points of docs/guides/streams.md, "What has bitten others". */
const POINTS = 13;

it('each point that has bitten others has a test that bears its number', () => {
  const specs = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.spec.ts'),
  );
  const text = specs.map((path) => readFileSync(join(SOURCES, path), 'utf8')).join('\n');
  const borne = new Set([...text.matchAll(/[`']bitten (\d+): /g)].map(([, number]) => Number(number)));
  expect([...borne].sort((one, other) => one - other)).toEqual(
    Array.from({ length: POINTS }, (_each, at) => at + 1),
  );
});
