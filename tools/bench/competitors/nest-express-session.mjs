import 'reflect-metadata';
import { UnauthorizedException } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { expressSession, logIn, logOut } from './express-sessions.mjs';
import { runNest } from './nest.mjs';

await runNest({
  adapter: new ExpressAdapter(),
  async prepare(app) {
    app.getHttpAdapter().getInstance().disable('x-powered-by').disable('etag');
    app.use(await expressSession());
  },
  me({ session: { userId } }) {
    if (userId === undefined) throw new UnauthorizedException();
    return { userId };
  },
  login: logIn,
  logout: logOut,
});
