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
      cookie: 'S3',
      password: 'S3',
      refresh_token: 'S3',
      'set-cookie': ['S3'],
    };
    logger.info({ ...secrets, req: { headers: secrets }, body: secrets }, 'x');
    expect(JSON.stringify(last())).not.toContain('S3');
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
