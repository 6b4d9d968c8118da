import type { AddressInfo } from 'node:net';
import { loadConfig, serviceEnvironment } from '@holdfast/service-defaults';
import { SessionManager } from '@holdfast/session-core';
import { installSessions, sessionOf } from '@holdfast/session-nest/fastify';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';
import { z } from 'zod';
import { BenchModule, keysOf, type PublicJwk } from './bench.module.js';

// The same sessions on Fastify alone, as `express-session` is measured on Express alone. Nest makes them, as in every
// service, and has no part in any request.
const config = { ...loadConfig(z.object(serviceEnvironment)), INSTANCE_ID: `bench-${process.pid}` };
const jwk = JSON.parse(process.argv[2] ?? '') as PublicJwk;
const made = await NestFactory.create(BenchModule.forRoot(config, jwk), new FastifyAdapter(), {
  logger: false,
});
await made.init();
const manager = made.get(SessionManager);

const app = fastify();
const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience } = config;
installSessions(app, { sessions: { manager }, tokens: { issuer, audience, keys: keysOf(jwk) } });
app.get('/me', async (request) => ({ userId: sessionOf(request).userId }));
app.post('/logout', async (request, reply) => {
  await manager.revoke(sessionOf(request).sessionId, 'logout');
  return reply.code(204).send();
});
await app.listen({ port: 0, host: '127.0.0.1' });

process.on('message', () => process.send?.({ type: 'cpu', cpu: process.cpuUsage() }));
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready', port: (app.server.address() as AddressInfo).port });
