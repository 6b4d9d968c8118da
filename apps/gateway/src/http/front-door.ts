import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { requestIdFrom } from '@holdfast/service-defaults';
import { checkRequest } from '../proxy/strict-check.js';
import { clientErrorWriter, writeProblem } from './client-errors.js';
import type { RequestsInFlight } from './requests-in-flight.js';
import { sendProblem, type GatewayProblem } from './send-problem.js';

/** The methods that are let in; TRACE and CONNECT are not (RFC 9110 9.3.6, 9.3.8). */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Who answers requests that passed the door. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 10_000,
  // From the first byte to the last: a slow sender is cut, and meanwhile nobody waits for it.
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
  // Checked with the rest: Node's own refusal is not a problem document.
  requireHostHeader: false,
};
/** A connection does not live for ever, so that load spreads again after a worker came back. */
const MAX_REQUESTS_PER_SOCKET = 10_000;

/**
 * The HTTP server with everything that comes before routing: the strict check of the raw request, refused methods
 * and upgrades, problem documents for what Node's parser refuses, and the count of requests in flight.
 */
export function createFrontDoor(
  gatewayId: string,
  inFlight: RequestsInFlight,
  handler: RequestHandler,
): Server {
  const admit: RequestHandler = (request, response) => {
    inFlight.add(response);
    const problem = refusalOf(request);
    if (problem) {
      const requestId = requestIdFrom(request);
      sendProblem(request, response, problem, { requestId, gatewayId, servedBy: gatewayId, retries: 0 });
    } else if (request.url === '*') {
      response
        .writeHead(204, ['allow', METHODS.join(', '), 'x-gateway', gatewayId, 'x-served-by', gatewayId])
        .end();
    } else {
      handler(request, response);
    }
  };
  const server = createServer(SERVER_OPTIONS, admit);
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  // Whoever reads the body says `100 Continue`; an unknown expectation may be ignored (RFC 9110 10.1.1).
  server.on('checkContinue', admit).on('checkExpectation', admit);
  server.on('clientError', clientErrorWriter(gatewayId));
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    writeProblem(socket, METHOD_REFUSED, gatewayId);
  });
  return server;
}

const METHOD_REFUSED: GatewayProblem = {
  code: 'ERR_METHOD',
  detail: 'This method is not supported.',
  allow: METHODS,
};

/** Why a request is not let in. Leaves its target in origin form. */
function refusalOf(request: IncomingMessage): GatewayProblem | undefined {
  if (!KNOWN_METHODS.has(request.method ?? '')) return METHOD_REFUSED;
  const verdict = checkRequest(request);
  if ('fault' in verdict) return { code: 'ERR_BAD_REQUEST', detail: verdict.fault };
  request.url = verdict.target;
  // Another `Upgrade` is ignored, as RFC 9110 7.8 allows.
  if (request.headers.upgrade !== undefined && /\bwebsocket\b/i.test(request.headers.upgrade)) {
    return { code: 'ERR_NOT_FOUND', detail: 'There is no WebSocket here.' };
  }
  return undefined;
}
