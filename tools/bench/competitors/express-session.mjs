import { randomUUID } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { announce } from './announce.mjs';
import { connect } from './redis.mjs';

// Express alone: under Nest it would only be slower. `resave` and `saveUninitialized` as its documentation advises.
const app = express();
app.disable('x-powered-by').disable('etag'); // no other server here sends them
app.use(
  session({
    store: new RedisStore({ client: await connect() }),
    secret: process.env.COOKIE_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 1_800_000 },
  }),
);
app.get('/me', (request, response) => {
  const { userId } = request.session;
  if (userId === undefined) response.status(401).end();
  else response.json({ userId });
});
app.post('/login', (request, response) => {
  request.session.userId = randomUUID();
  response.status(204).end();
});
app.post('/logout', (request, response, next) => {
  request.session.destroy((error) => (error ? next(error) : response.status(204).end()));
});
const server = app.listen(0, '127.0.0.1', () => announce(server.address().port));
