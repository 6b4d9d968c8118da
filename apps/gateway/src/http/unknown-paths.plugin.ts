import type { FastifyInstance } from 'fastify';
import { pathOf } from '../proxy/strict-check.js';
import type { CrossOrigin } from './cross-origin.js';
import { METHODS } from './front-door.js';
import { sendProblem, type GatewayProblem } from './send-problem.js';

/** What the answers to unknown paths need. */
export interface UnknownPathsOptions {
  readonly gatewayId: string;
  readonly crossOrigin: CrossOrigin;
  /** The methods of the gateway's own routes at a path; empty if it has none there. */
  readonly methodsOf: (path: string) => readonly string[];
}

/**
 * Refuses what is neither for a service nor one of the gateway's own routes. The reply is hijacked in the first hook: no
 * parser, guard, interceptor or pipe sees such a request. Must be loaded before Nest adds hooks to the root, which a
 * context takes over when it is made.
 */
export async function refuseUnknownPaths(
  fastify: FastifyInstance,
  { gatewayId, crossOrigin, methodsOf }: UnknownPathsOptions,
): Promise<void> {
  await fastify.register(async (scope) => {
    // They need no logger of their own each.
    scope.setChildLoggerFactory((logger) => logger);
    scope.addHook('onRequest', (request, reply, _done) => {
      reply.hijack();
      const refusal = refusalOf(methodsOf(pathOf(request.raw.url ?? '/')));
      const ours = { requestId: request.id, gatewayId, servedBy: gatewayId, retries: 0 };
      sendProblem(request.raw, reply.raw, refusal, {
        ...ours,
        crossOrigin: crossOrigin.headersFor(request.raw),
      });
    });
    scope.route({
      method: [...METHODS],
      url: '/*',
      handler: () => undefined,
      exposeHeadRoute: false,
    });
  });
}

function refusalOf(allow: readonly string[]): GatewayProblem {
  return allow.length === 0
    ? { code: 'ERR_NOT_FOUND', detail: 'There is nothing at this path.' }
    : { code: 'ERR_METHOD', detail: 'This path does not know this method.', allow };
}
