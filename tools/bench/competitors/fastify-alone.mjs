import { fastify } from 'fastify';
import { announce } from './announce.mjs';

// Fastify, without Nest and without sessions.
const app = fastify();
app.get('/me', async () => ({ userId: '00000000-0000-4000-8000-000000000000' }));
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address().port);
