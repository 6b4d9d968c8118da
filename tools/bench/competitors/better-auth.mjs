import { randomUUID } from 'node:crypto';
import { UnauthorizedException } from '@nestjs/common';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fromNodeHeaders } from 'better-auth/node';
import { runNest } from './nest.mjs';
import { connect } from './redis.mjs';

const redis = await connect();
// Sessions are in Redis alone; users and passwords are not what is measured: thousands sign up beforehand, and none of
// them is kept (the adapter copies all that it holds at each sign-up).
const withoutUsers = () =>
  betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: process.env.COOKIE_SECRET,
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    secondaryStorage: {
      get: (key) => redis.get(key),
      set: (key, value, seconds) => redis.set(key, value, seconds ? { EX: seconds } : {}),
      delete: (key) => redis.del(key),
    },
    emailAndPassword: {
      enabled: true,
      password: { hash: async (word) => word, verify: async ({ hash, password }) => hash === password },
    },
  });
const auth = withoutUsers();

await runNest({
  async me({ headers }) {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
    if (found === null) throw new UnauthorizedException();
    return { userId: found.user.id };
  },
  async login(_request, reply) {
    const body = { email: `${randomUUID()}@bench.test`, password: 'not measured', name: 'bench' };
    const { headers } = await withoutUsers().api.signUpEmail({ body, returnHeaders: true });
    reply.header('set-cookie', headers.getSetCookie());
  },
  async logout({ headers }) {
    await auth.api.signOut({ headers: fromNodeHeaders(headers) });
  },
});
