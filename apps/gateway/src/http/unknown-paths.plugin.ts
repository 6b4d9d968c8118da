import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { runInSpan, type Tracing } from '@holdfast/service-defaults';
import type { CrossOrigin } from '../http/cross-origin.js';
import { METHODS } from '../http/front-door.js';
import { sendProblem, type GatewayProblem } from '../http/send-problem.js';
import type { Proxy } from './proxy.js';
import { knownRoute } from './known-routes.js';
import { pathOf } from './strict-check.js';
import { serviceOf, type OtherRoutes } from './service-routes.js';

/** What the proxied route needs. */
export interface ProxyRouteOptions {
  readonly gatewayId: string;
  readonly crossOrigin: CrossOrigin;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** `undefined` until the application is built. */
  readonly proxy: () => Proxy | undefined;
  /** What is answered by services that the contract does not know. Default: nothing. */
  readonly others?: OtherRoutes | undefined;
  /** The methods of the gateway's own routes at a path; empty if it has none there. */
  readonly methodsOf: (path: string) => readonly string[];
}

/**
 * Everything that is no route of the gateway's own. The reply is hijacked in the first hook: no parser, guard,
 * interceptor or pipe sees a proxied request. Must be loaded before Nest adds hooks to the root, which a context
 * takes over when it is made.
 */
export async function registerProxy(fastify: FastifyInstance, options: ProxyRouteOptions): Promise<void> {
  const { gatewayId, crossOrigin, tracing } = options;
  await fastify.register(async (scope) => {
    // A logger of its own for each request costs more than the whole proxy; our lines name the request themselves.
    scope.setChildLoggerFactory((logger) => logger);
    scope.addHook('onRequest', (request, reply, _done) => {
      reply.hijack();
      const target = request.raw.url ?? '/';
      const service = serviceOf(target, options.others);
      const proxy = options.proxy();
      if (service !== undefined && proxy) {
        const handle = () => proxy.handle(service, request.raw, reply.raw, request.id);
        return tracing ? traceProxied(tracing, request.raw, reply.raw, handle) : handle();
      }
      const ours = { requestId: request.id, gatewayId, servedBy: gatewayId, retries: 0 };
      const refusal = refusalOf(pathOf(target), options);
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

function traceProxied(
  tracing: Tracing,
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => void,
): void {
  const span = tracing.begin(request);
  const { method = '', url = '/' } = request;
  // Its name begins with the method, as a span's does by itself.
  const route = knownRoute(method, url)?.name.replace(/^\w+ /, '');
  response.once('close', () => span.end(route, response.statusCode));
  runInSpan(span, handle);
}

function refusalOf(path: string, { methodsOf }: ProxyRouteOptions): GatewayProblem {
  const allow = methodsOf(path);
  return allow.length === 0
    ? { code: 'ERR_NOT_FOUND', detail: 'There is nothing at this path.' }
    : { code: 'ERR_METHOD', detail: 'This path does not know this method.', allow };
}
