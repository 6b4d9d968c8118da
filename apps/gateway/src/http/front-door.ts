import {
  createServer,
  ServerResponse,
  type IncomingMessage,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { BlockList, Socket } from 'node:net';
import { requestIdFrom, securityHeaders } from '@holdfast/service-defaults';
import { finishResponse, isBodyPending } from '../proxy/finish-response.js';
import { gatewayHeaders, type GatewayHeaders } from '../proxy/response-headers.js';
import { checkRequest } from '../proxy/strict-check.js';
import { clientErrorWriter, isAnswering, refuseInTurn } from './client-errors.js';
import type { CrossOrigin } from './cross-origin.js';
import { cutAnswer } from './cut-answer.js';
import { DoorRequest, ignoresUpgrade } from './door-request.js';
import type { RequestsInFlight } from './requests-in-flight.js';
import { sendProblem, type GatewayProblem } from './send-problem.js';
import { inTurn } from './in-turn.js';
import { limitSockets } from './socket-limit.js';
import { StalledReaders } from './stalled-readers.js';
import type { TlsPair } from './tls-files.js';

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
  IncomingMessage: DoorRequest,
};
/** A connection does not live for ever, so that load spreads again after a worker came back. */
const MAX_REQUESTS_PER_SOCKET = 10_000;
/**
 * Half of what Node's parser in the services keeps: it drops the lines after the 1,000th without a word, and those
 * that we and our client add (who sent it, how long it is) stand last.
 */
const MAX_HEADER_LINES = 500;

/** Where a TLS handshake is not complete by then, the connection is cut. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** A client that takes nothing of its answer for so long, at most twice as long, is cut. */
const READER_PATIENCE_MS = 30_000;

/** How the door is made otherwise than by default. */
export interface DoorLimits {
  /** The certificate and its key. Default: none, plain HTTP is spoken. */
  readonly tls?: TlsPair | undefined;
  /** Connections of one address at a time, those of trusted proxies not counted. Default: no limit. */
  readonly sockets?: { readonly perAddress: number; readonly trustedProxies: BlockList } | undefined;
  /** How long the answer to a client that takes nothing of it may wait, at least; at most twice as long. Default 30,000. */
  readonly readerPatienceMs?: number | undefined;
}

/** What the door knows. */
export interface FrontDoorOptions extends DoorLimits {
  readonly gatewayId: string;
  readonly inFlight: RequestsInFlight;
  readonly crossOrigin: CrossOrigin;
}

/**
 * The HTTP server with everything that comes before routing: the strict check of the raw request, refused methods
 * and upgrades, preflights, problem documents for what Node's parser refuses, and the count of requests in flight.
 */
export function createFrontDoor(options: FrontDoorOptions, handler: RequestHandler): Server {
  const { gatewayId, inFlight, crossOrigin, tls, sockets } = options;
  const closing = new WeakSet<Socket>();
  const endAfter: RequestHandler = ({ socket }, response) => {
    closing.add(socket);
    response.shouldKeepAlive = false;
  };
  const admit: RequestHandler = (request, response) => {
    // Whatever follows a request that could be read in two ways may be part of it.
    if (closing.has(request.socket)) return;
    inFlight.add(response);
    if (ignoresUpgrade(request)) endAfter(request, response);
    const problem = refusalOf(request);
    const preflight = problem ? undefined : crossOrigin.preflightHeaders(request);
    if (!problem && !preflight && request.url !== '*') return handler(request, response);
    const ours = { requestId: requestIdFrom(request), gatewayId, servedBy: gatewayId, retries: 0 };
    if (!problem) return sendAllowed(request, response, preflight ?? ALLOWED, ours);
    if (CLOSING.has(problem.code)) endAfter(request, response);
    sendProblem(request, response, problem, { ...ours, crossOrigin: crossOrigin.headersFor(request) });
  };
  const admitInTurn = inTurn(admit);
  const server = tls
    ? createTlsServer({ ...SERVER_OPTIONS, ...tls, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, admitInTurn)
    : createServer(SERVER_OPTIONS, admitInTurn);
  const readers = new StalledReaders(
    () => inFlight.responses,
    (response) => cutAnswer(response, true),
  );
  readers.watch(server, options.readerPatienceMs ?? READER_PATIENCE_MS);
  if (sockets) limitSockets(server, sockets.perAddress, sockets.trustedProxies);
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  // All of them, or the check would not see what the parser saw; `maxHeaderSize` bounds them.
  server.maxHeadersCount = 0;
  // Whoever reads the body says `100 Continue`; an unknown expectation may be ignored (RFC 9110 10.1.1).
  server.on('checkContinue', admitInTurn).on('checkExpectation', admitInTurn);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (closing.has(socket)) return;
    // Whose answer it would follow, or what follows it before its own, is not certain.
    if (head.length > 0 || isAnswering(socket)) return refuseInTurn(socket.resume(), NOT_ALONE, gatewayId);
    admit(request, responseOver(socket, request));
  });
  server.on('clientError', clientErrorWriter(gatewayId));
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    refuseInTurn(socket, METHOD_REFUSED, gatewayId);
  });
  return server;
}

const METHOD_REFUSED: GatewayProblem = {
  code: 'ERR_METHOD',
  detail: 'This method is not supported.',
  allow: METHODS,
};

const NOT_ALONE: GatewayProblem = {
  code: 'ERR_BAD_REQUEST',
  detail: 'Before the answer to a WebSocket handshake nothing else may be under way on its connection.',
};

/** A handshake has left HTTP: what is answered instead of a WebSocket ends the connection. */
function responseOver(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('error', () => socket.destroy()).on('drain', () => response.emit('drain'));
  response.once('finish', () => socket.resume().destroySoon());
  return response;
}

/** Refusals that end the connection: where the next request begins is not certain, or it floods us. */
const CLOSING: ReadonlySet<string> = new Set(['ERR_BAD_REQUEST', 'ERR_HEADERS_TOO_LARGE']);

/** The answer to `OPTIONS *`. */
const ALLOWED: readonly string[] = ['allow', METHODS.join(', ')];
const SECURITY_HEADERS: readonly string[] = securityHeaders().flat();

/** Says what is allowed, and nothing else. */
function sendAllowed(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
  ours: GatewayHeaders,
): void {
  if (isBodyPending(request)) response.shouldKeepAlive = false;
  response.writeHead(204, [...allowed, ...SECURITY_HEADERS, ...gatewayHeaders(ours)]);
  finishResponse(request, response);
}

/** Why a request is not let in. Leaves its target in origin form. */
function refusalOf(request: IncomingMessage): GatewayProblem | undefined {
  if (!KNOWN_METHODS.has(request.method ?? '')) return METHOD_REFUSED;
  const verdict = checkRequest(request);
  if ('fault' in verdict) return { code: 'ERR_BAD_REQUEST', detail: verdict.fault };
  if (request.rawHeaders.length > 2 * MAX_HEADER_LINES) {
    return { code: 'ERR_HEADERS_TOO_LARGE', detail: `There are more than ${MAX_HEADER_LINES} headers.` };
  }
  request.url = verdict.target;
  return undefined;
}
