import express from 'express';
import { announce } from './announce.mjs';
import { expressSession, logIn, logOut } from './express-sessions.mjs';

// Express alone, without Nest.
const app = express();
app.disable('x-powered-by').disable('etag'); // no other server here sends them
app.use(await expressSession());
app.get('/me', (request, response) => {
  const { userId } = request.session;
  if (userId === undefined) response.status(401).end();
  else response.json({ userId });
});
app.post('/login', (request, response) => {
  logIn(request);
  response.status(204).end();
});
app.post('/logout', async (request, response) => {
  await logOut(request);
  response.status(204).end();
});
const server = app.listen(0, '127.0.0.1', () => announce(server.address().port));
