import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { clientErrorHandler } from './client-errors.js';
import { requestIdFrom } from './request-id.js';
import { isTrustedPeer } from './trusted-peers.js';

/** What an adapter is made for. */
export interface AdapterOptions {
  readonly instanceId: string;
  readonly logger: Logger;
  /** Default 1 MiB. */
  readonly bodyLimitBytes?: number;
}

/**
 * Fastify as every service has it: 1 MiB bodies, 10 s for headers, 30 s for a request, idle connections kept 75 s
 * (longer than any client of ours keeps its own), `x-request-id` and `x-served-by` on every answer.
 */
export function createAdapter({
  instanceId,
  logger,
  bodyLimitBytes = 1_048_576,
}: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    disableRequestLogging: true,
    requestIdHeader: false,
    requestIdLogLabel: 'requestId',
    genReqId: requestIdFrom,
    bodyLimit: bodyLimitBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    trustProxy: isTrustedPeer,
    // A drain ends when the last request does; until then nobody is turned away.
    return503OnClosing: false,
    clientErrorHandler,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-served-by': instanceId });
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    const [path] = url.split('?', 1);
    request.log.debug(
      { method, path, status: reply.statusCode, tookMs: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
  return adapter;
}
