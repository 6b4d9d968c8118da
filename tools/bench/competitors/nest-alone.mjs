import { runNest } from './nest.mjs';

// Nest on Fastify, and nothing of ours or of anybody's.
await runNest({ me: () => ({ userId: '00000000-0000-4000-8000-000000000000' }) });
