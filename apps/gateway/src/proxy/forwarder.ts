import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdFrom, runInSpan, type Tracing } from '@holdfast/service-defaults';
import { knownRoute } from './known-routes.js';
import type { Proxy } from './proxy.js';
import { serviceOf, type OtherRoutes } from './service-routes.js';

/** What a forwarder needs. */
export interface ForwarderOptions {
  /** `undefined` until the application is built. */
  readonly proxy: () => Proxy | undefined;
  /** What is answered by services that the contract does not know. Default: nothing. */
  readonly others?: OtherRoutes | undefined;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** Takes a request that is for a service; `false` if it is the gateway's own to answer. */
export type Forward = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Hands what is for a service to the proxy. It stands before Fastify and Nest: no router, parser, guard, interceptor or
 * pipe sees such a request, and none of them costs it anything.
 */
export function forwarder({ proxy, others, tracing }: ForwarderOptions): Forward {
  return (request, response) => {
    const service = serviceOf(request.url ?? '/', others);
    const to = service === undefined ? undefined : proxy();
    if (service === undefined || !to) return false;
    const handle = () => to.handle(service, request, response, requestIdFrom(request));
    if (tracing) traceProxied(tracing, request, response, handle);
    else handle();
    return true;
  };
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
