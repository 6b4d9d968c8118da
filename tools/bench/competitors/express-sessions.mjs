import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { connect } from './redis.mjs';

/** The middleware; `resave` and `saveUninitialized` as its documentation advises. */
export async function expressSession() {
  return session({
    store: new RedisStore({ client: await connect() }),
    secret: process.env.COOKIE_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 1_800_000 },
  });
}

export function logIn(request) {
  request.session.userId = randomUUID();
}

export async function logOut({ session }) {
  await promisify(session.destroy.bind(session))();
}
