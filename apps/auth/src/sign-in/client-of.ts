import type { SessionClient } from '@holdfast/session-core';
import type { FastifyRequest } from 'fastify';

/** Who signs in, for the device list. The address is the one that the gateway saw. */
export function clientOf(request: Pick<FastifyRequest, 'ip' | 'headers'>): SessionClient {
  return { ip: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}
