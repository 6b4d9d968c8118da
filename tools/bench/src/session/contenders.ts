import { fileURLToPath } from 'node:url';
import type { Program } from './child.js';
import { serviceEnvironment, serviceKey } from './holdfast-sessions.js';

/** Something that is measured: a server, and how one signs in to it. */
export interface Contender {
  /** What the goals call it. */
  readonly id: string;
  readonly name: string;
  /** What one reads in the document about how it is set up. */
  readonly setUp: string;
  readonly program: Program;
  /** The route that is measured. */
  readonly path: '/me' | '/open';
  /** Who makes its sessions: nobody, this bench as auth does, or its own `POST /login`. */
  readonly sessions: 'none' | 'holdfast' | 'own';
  /** Its tokens say all there is of the session. */
  readonly isCarried?: boolean;
  /** Whether it can end a session before its credential expires: its logouts are measured then. */
  readonly endsSessions: boolean;
  /** Whether it is measured with fuller and fuller stores as well. */
  readonly isFilled: boolean;
}

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const service = (entry: 'main' | 'alone' | 'fastify') => ({
  file: file(`bench-service/dist/${entry}.js`),
  args: [serviceKey()],
});

/** A way of keeping sessions: in a service as ours are, and as a library on Nest alone. */
function holdfast(strategy: 'token' | 'store' | 'hybrid'): readonly [Contender, Contender] {
  const environment = { ...serviceEnvironment, SESSION_STRATEGY: strategy };
  const isCarried = strategy === 'token';
  const both = { path: '/me', sessions: 'holdfast', isCarried, endsSessions: !isCarried } as const;
  return [
    {
      ...both,
      id: strategy,
      name: `Holdfast, \`${strategy}\``,
      setUp: `the service, signed in by access token, \`SESSION_STRATEGY=${strategy}\``,
      program: { ...service('main'), environment },
      isFilled: true,
    },
    {
      ...both,
      id: `${strategy}-alone`,
      name: `Holdfast, \`${strategy}\`, on Nest alone`,
      setUp: 'the same sessions without the rest of the service: as the other libraries are measured',
      program: { ...service('alone'), environment },
      isFilled: false,
    },
  ];
}

function competitor(
  id: string,
  program: string,
  { environment = {}, ...rest }: Pick<Contender, 'name' | 'setUp'> & Pick<Program, 'environment'>,
): Contender {
  return {
    id,
    program: {
      file: file(`bench/competitors/${program}.mjs`),
      environment: { COOKIE_SECRET: serviceEnvironment.SESSION_SECRET, ...environment },
    },
    path: '/me',
    sessions: 'own',
    endsSessions: true,
    isFilled: true,
    ...rest,
  };
}

/** The same service without a session: what all are compared with. */
const BARE: Contender = {
  ...holdfast('hybrid')[0],
  id: 'bare',
  name: 'the same service, open route',
  setUp:
    'the service that Holdfast is measured with, the same route open to anyone (`@Public()`, `@OptionalSession()`), with nobody signed in',
  path: '/open',
  sessions: 'none',
  endsSessions: false,
};

const ALONE: Contender = {
  ...competitor('alone', 'nest-alone', {
    name: 'Nest on Fastify alone, open route',
    setUp: 'Nest 12 on Fastify with nothing added: no headers, no request ids, no logger',
  }),
  sessions: 'none',
  endsSessions: false,
  isFilled: false,
};

const FASTIFY: Contender = {
  ...competitor('fastify', 'fastify-alone', {
    name: 'Fastify alone, open route',
    setUp: 'Fastify 5 with nothing added, without Nest',
  }),
  sessions: 'none',
  endsSessions: false,
  isFilled: false,
};

const ON_FASTIFY: Contender = {
  ...holdfast('hybrid')[1],
  id: 'hybrid-fastify',
  name: 'Holdfast, `hybrid`, on Fastify alone',
  setUp:
    'the same sessions by `installSessions`, without Nest: as `express-session` is measured on Express alone',
  program: { ...holdfast('hybrid')[1].program, ...service('fastify') },
};

/** All that is compared, in the order of a round. A strategy is a line. */
export const CONTENDERS: readonly Contender[] = [
  BARE,
  ALONE,
  FASTIFY,
  ...holdfast('hybrid'),
  ON_FASTIFY,
  ...holdfast('store'),
  ...holdfast('token'),
  competitor('fastify-session', 'fastify-session', {
    name: '`@fastify/session`',
    setUp:
      'Nest 12 on Fastify, `connect-redis`; its defaults, `saveUninitialized: false`: each request writes the session',
  }),
  competitor('fastify-session-still', 'fastify-session', {
    name: '`@fastify/session`, `rolling: false`',
    setUp: 'the same without that write: a session ends however much it is used',
    environment: { ROLLING: 'false' },
  }),
  competitor('express-session', 'express-session', {
    name: '`express-session`',
    setUp:
      'Express 5 alone, without Nest, `connect-redis`; `resave` and `saveUninitialized` off, as its documentation advises',
  }),
  competitor('nest-express-session', 'nest-express-session', {
    name: '`express-session` in Nest',
    setUp: 'the same in Nest 12 on Express, as a Nest application has it',
  }),
  competitor('better-auth', 'better-auth', {
    name: '`better-auth`',
    setUp: 'Nest 12 on Fastify, Redis as secondary storage, no cookie cache (its default)',
  }),
];

/**
 * Who is measured side by side, by id. Nobody else is alive meanwhile: what a process does without requests is taken from
 * whoever is measured. The open route is in each group, so that all can be compared with it.
 */
export const GROUPS: readonly (readonly string[])[] = [
  ['bare', 'hybrid'],
  [
    ...['bare', 'alone', 'hybrid-alone', 'fastify-session', 'fastify-session-still'],
    ...['express-session', 'nest-express-session'],
  ],
  ['bare', 'fastify', 'hybrid-fastify', 'express-session'],
  [
    ...['bare', 'store', 'store-alone', 'token', 'token-alone', 'better-auth'],
    ...['fastify-session', 'express-session', 'nest-express-session'],
  ],
];
