import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

function capture() {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  const logger = createLogger({ service: 'order', instance: 'order-1', level: 'debug' }, sink);
  return {
    logger,
    last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
  };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${part({ alg: 'ES256' })}.${part({ sub: 'u1' })}S3.S3`;

describe('createLogger', () => {
  it('writes JSON that names service and instance', () => {
    const { logger, last } = capture();
    logger.info({ url: 'http://x' }, 'listening');
    expect(last()).toMatchObject({
      level: 'info',
      service: 'order',
      instance: 'order-1',
      url: 'http://x',
      msg: 'listening',
    });
    expect(Date.parse(String(last().time))).not.toBeNaN();
  });

  it('writes no secret, however it gets there', () => {
    const { logger, last } = capture();
    const secrets = {
      authorization: 'S3',
      Authorization: 'S3',
      cookie: 'S3',
      'SET-COOKIE': ['S3'],
      password: 'S3',
      refresh_token: 'S3',
      refreshToken: 'S3',
      client_secret: 'S3',
      email: 'S3',
      body: { any: 'S3' },
      headers: { 'x-any': 'S3' },
      rawHeaders: ['x-any', 'S3'],
    };
    logger.info({ ...secrets, a: { b: { c: secrets } }, list: [secrets] }, 'x');
    expect(JSON.stringify(last())).not.toContain('S3');
    logger.child({ requestId: 'r1' }).info({ ...secrets, a: secrets }, 'x');
    expect(JSON.stringify(last())).not.toContain('S3');
    new NestLogger(logger).warn({ request: secrets }, 'Checkout');
    expect(JSON.stringify(last())).not.toContain('S3');
  });

  it('writes of a request its method and path, of an answer its status', () => {
    const { logger, last } = capture();
    const req = {
      method: 'GET',
      url: '/x?access_token=S3',
      headers: { cookie: 'S3' },
      body: 'S3',
      query: 'S3',
    };
    logger.info({ req, res: { statusCode: 200, headers: { 'set-cookie': 'S3' } } }, 'x');
    expect(last()).toMatchObject({ req: { method: 'GET', path: '/x' }, res: { status: 200 } });
    expect(JSON.stringify(last())).not.toContain('S3');
  });

  it('writes of other objects what they are, and errors wherever they stand', () => {
    const { logger, last } = capture();
    const cyclic: Record<string, unknown> = { n: 1 };
    cyclic.self = cyclic;
    class Held {
      readonly inside = 'S3';
    }
    logger.info(
      { held: new Held(), reason: new Error('why'), bytes: Buffer.from('S3'), at: new Date(0) },
      'x',
    );
    expect(last()).toMatchObject({
      held: '[Held]',
      reason: { type: 'Error', message: 'why' },
      bytes: '[Buffer]',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(() =>
      logger.info({ cyclic, many: Array.from({ length: 10_000 }, () => cyclic) }, 'x'),
    ).not.toThrow();
    expect(JSON.stringify(last()).length).toBeLessThan(20_000);
  });

  it.each([
    ['a token', `Bearer ${jwt}`],
    ['a token by itself', `failed for ${jwt}.`],
    ['a cookie', `__Host-session=S3cookieS3cookie; Path=/`],
    ['an opaque token', 'S3'.repeat(54)],
    ['the credentials of a URL', 'connect postgres://user:S3@db:5432/auth failed'],
    ['an e-mail address', '550 5.1.1 <S3@example.org>: Recipient address rejected'],
    ['a body that was no JSON', `Unexpected token 'S', "S3 {"a":1}" is not valid JSON`],
  ])('writes no %s out of a text, a member or an error', (_what, text) => {
    const { logger, last } = capture();
    logger.warn(text);
    expect(last().msg).not.toContain('S3');
    logger.warn({ why: text, err: new Error(text, { cause: new Error(text) }) }, 'x');
    expect(JSON.stringify(last())).not.toContain('S3');
  });

  it('leaves alone what only names something', () => {
    const { logger, last } = capture();
    const sessionId = randomBytes(48).toString('base64url');
    const url = 'http://127.0.0.1:3001/orders/5f0e7d1c-4a54-4f5b-9d53-1f6d3c1a2b3c';
    logger.info({ sessionId, url, code: 'ERR_SESSION_ENDED' }, 'Basic things, and a bearer of news');
    expect(last()).toMatchObject({
      sessionId,
      url,
      code: 'ERR_SESSION_ENDED',
      msg: 'Basic things, and a bearer of news',
    });
  });

  it('writes of a failed query what it was, not its values', () => {
    const { logger, last } = capture();
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(S3) exists',
    });
    const err = Object.assign(new Error('Failed query: insert …\nparams: S3', { cause }), {
      query: 'insert …',
      params: ['S3'],
    });
    logger.error({ err }, 'x');
    expect(JSON.stringify(last())).not.toContain('S3');
    expect(last().err).toMatchObject({
      message: 'Failed query: insert …',
      cause: { code: '23505', message: 'duplicate key' },
    });
  });

  it.each([undefined, null, 'text', 7, {}])('survives %j in place of an error', (err) => {
    const { logger } = capture();
    expect(() => logger.error({ err }, 'x')).not.toThrow();
  });
});

describe('NestLogger', () => {
  it('takes the context from the end, and finds the error', () => {
    const { logger, last } = capture();
    const nest = new NestLogger(logger);
    nest.warn('slow', 'Checkout');
    expect(last()).toMatchObject({ level: 'warn', context: 'Checkout', msg: 'slow' });
    nest.error('failed', new Error('why'), 'Checkout');
    expect(last()).toMatchObject({ level: 'error', err: { message: 'why' }, msg: 'failed' });
    nest.error(new Error('alone'));
    expect(last()).toMatchObject({ err: { message: 'alone' } });
    nest.log({ orderId: 'o1' }, 'Checkout');
    expect(last()).toMatchObject({ level: 'info', orderId: 'o1', context: 'Checkout' });
  });

  it('keeps start-up lines of the framework for debugging', () => {
    const { logger, last } = capture();
    new NestLogger(logger).log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(last()).toMatchObject({ level: 'debug' });
  });
});
