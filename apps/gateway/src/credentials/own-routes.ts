import type { IncomingMessage } from 'node:http';
import { clearedSessionCookie } from '@holdfast/contracts';
import { securityHeaders } from '@holdfast/service-defaults';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CONSOLE_POLICY, isConsole } from '../console/console.plugin.js';
import { DOCS_POLICY, isDocs } from '../docs.js';
import type { CrossOrigin } from '../http/cross-origin.js';
import { sendProblem } from '../http/send-problem.js';
import { pathOf } from '../proxy/strict-check.js';
import type { Admission, CredentialGate } from './credential-gate.js';
import { withoutSessionCookie } from './cookie-header.js';
import type { CredentialUse } from './credential-use.js';

/** What the gateway's own routes need. */
export interface OwnRoutesOptions {
  readonly gatewayId: string;
  readonly crossOrigin: CrossOrigin;
  /** `undefined` until the application is built. */
  readonly gate: () => Pick<CredentialGate, 'admit'> | undefined;
}

/**
 * Our headers and our gate before the routes that the gateway answers itself. Install it before Nest installs its
 * hooks: they find the access token where a bearer client would have put it, and no cookie.
 */
export function guardOwnRoutes(fastify: FastifyInstance, options: OwnRoutesOptions): void {
  const { gatewayId, crossOrigin } = options;
  fastify.addHook('onRequest', async (request, reply) => {
    const ofOthers = crossOrigin.headersFor(request.raw);
    reply.headers({
      ...Object.fromEntries(securityHeaders()),
      ...ofItsKind(pathOf(request.url)),
      ...pairs(ofOthers),
      'x-request-id': request.id,
      'x-served-by': gatewayId,
      'x-gateway': gatewayId,
    });
    const arrival = { request: request.raw, requestId: request.id, use: () => useOf(request) };
    const verdict = await options.gate()?.admit(arrival);
    if (verdict && 'refusal' in verdict) {
      reply.hijack();
      const ours = { requestId: request.id, gatewayId, servedBy: gatewayId, retries: 0 };
      sendProblem(request.raw, reply.raw, verdict.refusal, { ...ours, crossOrigin: ofOthers });
      return reply;
    }
    if (verdict?.cutsCookie) swap(request.raw, reply, verdict);
    return undefined;
  });
}

/** A page may load what it needs; any other answer nothing, and nobody keeps it. */
function ofItsKind(path: string): Record<string, string> {
  if (isDocs(path)) return { 'content-security-policy': DOCS_POLICY };
  if (isConsole(path)) return { 'content-security-policy': CONSOLE_POLICY };
  return { 'cache-control': 'no-store' };
}

/** Whoever says nothing wants a session; the routes of pages are no controllers and cannot say. */
function useOf({ routeOptions, url }: FastifyRequest): CredentialUse {
  const { sessionAccess } = routeOptions.config;
  const path = pathOf(url);
  if (sessionAccess === 'public' || isDocs(path) || isConsole(path)) return 'none';
  return sessionAccess === 'optional' ? 'optional' : 'required';
}

function swap(
  { headers }: IncomingMessage,
  reply: FastifyReply,
  { authorization, clearsCookie }: Admission,
): void {
  const others = withoutSessionCookie(headers.cookie ?? '');
  if (others === '') delete headers.cookie;
  else headers.cookie = others;
  if (authorization !== undefined) headers.authorization = authorization;
  if (clearsCookie) reply.header('set-cookie', clearedSessionCookie());
}

function pairs(flat: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) record[flat[index] ?? ''] = flat[index + 1] ?? '';
  return record;
}
