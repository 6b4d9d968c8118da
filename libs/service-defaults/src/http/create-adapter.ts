import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { clientErrorHandler } from './client-errors.js';
import { requestIdFrom } from './request-id.js';
import { sendProblem } from './send-problem.js';
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
    logController: new fastify.LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: requestIdFrom,
    bodyLimit: bodyLimitBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    trustProxy: isTrustedPeer,
    // A drain ends when the last request does; until then nobody is turned away.
    return503OnClosing: false,
    clientErrorHandler,
    // What the router itself refuses meets no hook and no filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      name(reply, request.id, instanceId);
      sendProblem(error, request, reply);
    },
  });
  const instance = adapter.getInstance<FastifyInstance>();
  // Fastify's own; JSON and forms are Nest's.
  instance.removeContentTypeParser('text/plain');
  instance.addHook('onRequest', async (request, reply) => name(reply, request.id, instanceId));
  instance.addHook('onResponse', async (request, reply) => logAnswer(request, reply));
  return adapter;
}

function name(reply: FastifyReply, requestId: string, instanceId: string): void {
  void reply.headers({ 'x-request-id': requestId, 'x-served-by': instanceId });
}

function logAnswer({ log, method, url }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
  const [path] = url.split('?', 1);
  log.debug({ method, path, status: statusCode, tookMs: Math.round(elapsedTime) }, 'answered');
}
