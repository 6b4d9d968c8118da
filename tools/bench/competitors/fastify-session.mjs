import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { UnauthorizedException } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import { runNest } from './nest.mjs';
import { connect } from './redis.mjs';

const store = new RedisStore({ client: await connect() });

await runNest({
  async prepare(app) {
    await app.register(cookie);
    await app.register(session, {
      store,
      secret: process.env.COOKIE_SECRET,
      saveUninitialized: false,
      // By default each request writes the session again: that is what keeps it from going idle.
      rolling: process.env.ROLLING !== 'false',
      cookie: { secure: false, maxAge: 1_800_000 },
    });
  },
  me({ session: { userId } }) {
    if (userId === undefined) throw new UnauthorizedException();
    return { userId };
  },
  login(request) {
    request.session.userId = randomUUID();
  },
  async logout(request) {
    await request.session.destroy();
  },
});
