import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createLogger,
  createService,
  DATABASE_POOL,
  DatabaseModule,
  loadConfig,
  serviceEnvironment,
  ServiceDefaultsModule,
  type Identified,
  type RunningService,
  type ServiceConfig,
} from '@holdfast/service-defaults';
import { TestIssuer } from '@holdfast/service-testing';
import { SessionManager, type SessionRecord } from '@holdfast/session-core';
import { Public } from '@holdfast/session-nest';
import { Controller, Get, Inject, Module, type DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { readConfig } from '../config.js';
import { createGateway, type RunningGateway } from './create-gateway.js';

/** Set by the integration tests' global setup. */
const { TEST_REDIS_URL = '', TEST_DATABASE_URL = '' } = process.env;

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: unknown;
}
interface Exported {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

/** What the real exporter sends to a collector. */
const sent: Span[] = [];
const collector = createServer((request, response) => {
  void text(request).then((body) => {
    const { resourceSpans } = JSON.parse(body) as Exported;
    sent.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
    response.end('{}');
  });
});

@Controller('orders')
class Routes {
  constructor(
    private readonly manager: SessionManager,
    @Inject(DATABASE_POOL) private readonly pool: { query(statement: string): Promise<{ rows: unknown }> },
  ) {}

  @Get()
  async list() {
    return { rows: (await this.pool.query('SELECT 1 AS one')).rows };
  }

  @Public()
  @Get('begin')
  async begin() {
    const client = { ip: '::1', userAgent: 'spec' };
    return (await this.manager.begin({ userId: randomUUID(), roles: ['user'], client })).session.record;
  }
}

const issuer = new TestIssuer('http://gateway.test');

@Module({})
class OrderModule {
  static forRoot(config: Identified<ServiceConfig>): DynamicModule {
    const defaults = ServiceDefaultsModule.forRoot(config, {
      name: 'order',
      database: DatabaseModule.forRoot(TEST_DATABASE_URL),
      jwks: { useFactory: () => issuer },
      refreshKeys: issuer.refreshKeys,
    });
    return { module: OrderModule, imports: [defaults], controllers: [Routes] };
  }
}

let service: RunningService;
let gateway: RunningGateway;

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const environment = {
    REDIS_URL: TEST_REDIS_URL,
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    SEALING_SECRET: randomBytes(32).toString('base64url'),
    SESSION_DURABILITY: 'local',
    SESSION_STRATEGY: 'store',
    TOKEN_ISSUER: issuer.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  };
  const logger = createLogger({ service: 'spec', instance: 'spec', level: 'silent' });
  const config = loadConfig(z.object(serviceEnvironment), environment);
  service = await createService({ name: 'order', config, logger, module: (own) => OrderModule.forRoot(own) });
  const client = { CLIENT_SECRET: randomBytes(32).toString('base64url') };
  // The registry is shared with other tests.
  const discovery = { DISCOVERY: `static:order=${service.url}` };
  const ofGateway = readConfig({ ...environment, ...client, ...discovery, PORT: '0' });
  gateway = await createGateway(ofGateway, 'gateway-1', { logger, serveDocs: () => undefined });
});
afterAll(async () => {
  await gateway.drain();
  await service.drain();
  collector.close();
});

describe('a signed-in request with a traceparent', () => {
  it('is one trace through gateway, service, Redis and Postgres, without path or statement', async () => {
    const url = `http://127.0.0.1:${gateway.port}`;
    const begun = (await (await fetch(`${url}/orders/begin`)).json()) as SessionRecord;
    const traceId = randomBytes(16).toString('hex');
    const answer = await fetch(`${url}/orders?secret=hunter2`, {
      headers: {
        authorization: `Bearer ${await issuer.accessToken(begun)}`,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { rows: [{ one: 1 }] }]);
    // What is left is sent when they end.
    await gateway.drain();
    await service.drain();
    const spans = sent.filter((span) => span.traceId === traceId);
    const parentOf = ({ parentSpanId }: Span) => spans.find(({ spanId }) => spanId === parentSpanId);
    const served = spans.filter(({ name }) => name === 'GET /orders');
    expect(served).toHaveLength(2);
    const atGateway = served.find(({ parentSpanId }) => parentSpanId === '00f067aa0ba902b7');
    const atService = served.find((span) => span !== atGateway);
    if (!atGateway || !atService) throw new Error('a span is missing');
    expect(parentOf(atService)).toBe(atGateway);
    const calls = spans.filter((span) => parentOf(span) === atService).map(({ name }) => name);
    expect(calls).toEqual(expect.arrayContaining(['redis ask', 'postgres SELECT']));
    expect(JSON.stringify(spans)).not.toMatch(/hunter2|AS one|Bearer/);
  });
});
