import { Agent, createServer } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

const { port, upstreams } = JSON.parse(process.argv[2]);
let turn = 0;
const handle = createProxyMiddleware({
  target: upstreams[0],
  router: () => upstreams[(turn = (turn + 1) % upstreams.length)],
  agent: new Agent({ keepAlive: true }),
  xfwd: true,
});
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  handle(request, response, () => response.writeHead(404).end());
});
server.listen(port, '127.0.0.1');
