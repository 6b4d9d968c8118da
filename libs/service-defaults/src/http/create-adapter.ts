import { CodedError } from '@holdfast/contracts';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { BODY_LIMIT_BYTES, useBodyParsers } from './body-parsers.js';
import { clientErrorHandler } from './client-errors.js';
import { installRequestContext, refuseOverdue } from './request-context.js';
import { requestIdFrom } from './request-id.js';
import { bindContracts } from './route-contracts.js';
import { securityHeaders } from './security-headers.js';
import { sendProblem } from './send-problem.js';
import { isTrustedPeer, rememberPeers } from './trusted-peers.js';

/** What an adapter is made for. */
export interface AdapterOptions {
  readonly instanceId: string;
  readonly logger: Logger;
}

const HTTP_SERVER = {
  headersTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // More than the gateway takes: what it lets through, with what it adds, is never too large behind it.
  maxHeaderSize: 32_768,
  // Node's own refusal is no problem document: `refuseHostless` gives one.
  requireHostHeader: false,
};

const ON_EVERY_ANSWER = { 'cache-control': 'no-store', ...Object.fromEntries(securityHeaders()) };

/**
 * Fastify as every service has it: 64 KiB bodies, 10 s for headers, 30 s for a request, idle connections kept 75 s
 * (longer than any client of ours keeps its own); on every answer `x-request-id`, `x-served-by` and the security
 * headers, and `no-store` unless its route says otherwise.
 */
export function createAdapter({ instanceId, logger }: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new fastify.LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: requestIdFrom,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    http: HTTP_SERVER,
    trustProxy: isTrustedPeer,
    // A drain ends when the last request does; until then nobody is turned away.
    return503OnClosing: false,
    clientErrorHandler: clientErrorHandler(instanceId),
    // What the router itself refuses meets no hook and no filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      name(reply, request.id, instanceId);
      sendProblem(error, request, reply);
    },
  });
  const instance = adapter.getInstance<FastifyInstance>();
  // By default Node drops the header lines after the 2,000th and says nothing: their size is what is limited.
  instance.server.maxHeadersCount = 0;
  rememberPeers(instance.server);
  // Fastify's own; nothing of ours is plain text.
  instance.removeContentTypeParser('text/plain');
  useBodyParsers(adapter);
  bindContracts(instance);
  installRequestContext(instance);
  instance.addHook('onRequest', async (request, reply) => name(reply, request.id, instanceId));
  refuseOverdue(instance);
  instance.addHook('onRequest', async ({ raw }) => refuseHostless(raw));
  instance.addHook('onResponse', async (request, reply) => logAnswer(request, reply));
  return adapter;
}

function name(reply: FastifyReply, requestId: string, instanceId: string): void {
  void reply.headers({
    'x-request-id': requestId,
    'x-served-by': instanceId,
    ...ON_EVERY_ANSWER,
  });
}

/** RFC 9112 3.2. */
function refuseHostless({ httpVersion, headers }: FastifyRequest['raw']): void {
  if (httpVersion === '1.1' && headers.host === undefined) {
    throw new CodedError('ERR_BAD_REQUEST', 'The request has no Host header.');
  }
}

function logAnswer({ log, method, url }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
  const [path] = url.split('?', 1);
  log.debug({ method, path, status: statusCode, tookMs: Math.round(elapsedTime) }, 'answered');
}
