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
  /** Whether it can end a session before its credential expires: its logouts are measured then. */
  readonly endsSessions: boolean;
}

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const SERVICE = file('bench-service/dist/main.js');

/** A service as ours are, with one way of keeping sessions. */
function holdfast(strategy: 'token' | 'store' | 'hybrid'): Contender {
  return {
    id: strategy,
    name: `Holdfast, \`${strategy}\``,
    setUp: `the service, signed in by access token, \`SESSION_STRATEGY=${strategy}\``,
    program: {
      file: SERVICE,
      args: [serviceKey()],
      environment: { ...serviceEnvironment, SESSION_STRATEGY: strategy },
    },
    path: '/me',
    sessions: 'holdfast',
    endsSessions: strategy !== 'token',
  };
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
    ...rest,
  };
}

/** The same service without a session: what all are compared with. */
const BARE: Contender = {
  ...holdfast('store'),
  id: 'bare',
  name: 'the same service, open route',
  setUp: 'the service that Holdfast is measured with, a `@Public()` route with the same body',
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
};

/** All that is compared, in the order of a round. A strategy is a line. */
export const CONTENDERS: readonly Contender[] = [
  BARE,
  ALONE,
  holdfast('store'),
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
      'Express 5 alone (under Nest it would only be slower), `connect-redis`; `resave` and `saveUninitialized` off, as its documentation advises',
  }),
  competitor('better-auth', 'better-auth', {
    name: '`better-auth`',
    setUp: 'Nest 12 on Fastify, Redis as secondary storage, no cookie cache (its default)',
  }),
];
