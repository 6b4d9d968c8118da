import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installedBy, Outsider, read, samplesOf, TSC, type Packed, type Served } from './spec/outsider.js';

const NAMES = ['core', 'redis', 'token', 'nest'] as const;
const MOST_LINES = 30;
/** A quarter of a minute on an idle machine; npm and the compiler take many times that on a busy one. */
const SET_UP_WITHIN_MS = 240_000;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const outsider = new Outsider({
  REDIS_URL: process.env['TEST_REDIS_URL'] ?? '',
  SESSION_SECRET: randomBytes(32).toString('base64url'),
  SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const readmes = NAMES.map((name) => ({ name, text: read(`libs/session/${name}/README.md`) }));
/** Each program of a README; the second one of `nest` does without Nest. */
const samples = readmes.flatMap(({ name, text }) =>
  samplesOf(text).map((sample, at) => ({ program: at === 0 ? name : 'fastify', sample })),
);
let packed: readonly Packed[];
let compiled: string;

beforeAll(async () => {
  packed = await outsider.pack(NAMES.map((name) => `libs/session/${name}`));
  const named = new Set(readmes.flatMap(({ text }) => installedBy(text)));
  const ours = new Set(packed.map(({ name }) => name));
  await outsider.install(packed, [...[...named].filter((name) => !ours.has(name)), '@types/node']);
  for (const { program, sample } of samples) outsider.write(`${program}.ts`, sample);
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2023', lib: ['es2023'], types: ['node'] },
    // All declarations but the language's own: ours, and those that ours lead to.
    ...{ skipLibCheck: false, skipDefaultLibCheck: true },
    ...{ strict: true, experimentalDecorators: true, emitDecoratorMetadata: true },
  };
  outsider.write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions, files: samples.map(({ program }) => `${program}.ts`) }),
  );
  compiled = await outsider.run(process.execPath, TSC, '--listEmittedFiles');
}, SET_UP_WITHIN_MS);
afterAll(() => outsider.dispose());

describe('the session libraries, packed and installed elsewhere', () => {
  it.each(NAMES)('%s brings what it exports and its sources, and nothing that only serves tests', (name) => {
    const paths = packed
      .find((one) => one.name === `@holdfast/session-${name}`)
      ?.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.d.ts', 'dist/index.js', 'src/index.ts']),
    );
    expect(paths?.filter((path) => /spec|tsbuildinfo|tsconfig/.test(path))).toEqual([]);
    const built = paths?.filter((path) => path.endsWith('.js')).map((path) => path.slice('dist/'.length, -3));
    const sources = paths?.filter((path) => path.startsWith('src/')).map((path) => path.slice(4, -3));
    expect(built).toEqual(sources);
  });

  it.each(samples)('the program $program has at most 30 lines', ({ sample }) => {
    const lines = sample.split('\n').filter((line) => line.trim() !== '');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
  });

  it('the samples compile under strict, the declarations of all libraries included', () => {
    expect(samples).toHaveLength(NAMES.length + 1);
    for (const { program } of samples) expect(compiled).toContain(`${program}.js`);
  });

  it('the sample of core runs', async () => {
    const printed = await outsider.run(process.execPath, 'core.js');
    expect(printed).toContain("[ 'refreshed', 'refreshed' ]");
    expect(printed).toContain("because: 'logout'");
  });

  it('the sample of redis runs', async () => {
    expect(await outsider.run(process.execPath, 'redis.js')).toBe('{ items: 4 }\nended\n');
  });

  it('the sample of token runs', async () => {
    expect(await outsider.run(process.execPath, 'token.js')).toBe('refreshed\nfalse true\n');
  });
});

describe.each(['nest', 'fastify'])('the application of the README, with %s', (program) => {
  let instances: readonly Served[];
  beforeAll(async () => {
    instances = await Promise.all([1, 2].map(() => outsider.serve(`${program}.js`)));
  });

  async function call(instance: number, route: string, token?: string) {
    const [method = '', path = ''] = route.split(' ');
    const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
    const response = await fetch(`${instances[instance]?.url}${path}`, { method, headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('signs in on one instance, is known on the other, and is refused on both once signed out', async () => {
    expect(await call(0, 'GET /me')).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    const token = String((await call(0, 'POST /sign-in')).body['accessToken']);
    expect(await call(1, 'GET /me', token)).toEqual({
      status: 200,
      body: { userId: 'ada', roles: ['user'] },
    });
    expect(await call(1, 'POST /sign-out', token)).toMatchObject({ status: 201 });
    const refused = { status: 401, body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' } };
    expect(await call(0, 'GET /me', token)).toMatchObject(refused);
    expect(await call(1, 'GET /me', token)).toMatchObject(refused);
  });

  it('ends when it is told to', async () => {
    const codes = await Promise.all(instances.map((instance) => instance.stop()));
    expect(codes.every((code) => code === 0 || code === null)).toBe(true);
  });
});
