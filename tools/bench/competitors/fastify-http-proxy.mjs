import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';

const { port, upstreams } = JSON.parse(process.argv[2]);
let turn = 0;
const app = Fastify({ logger: false, keepAliveTimeout: 75_000 });
await app.register(proxy, {
  upstream: '',
  replyOptions: {
    getUpstream: () => upstreams[(turn = (turn + 1) % upstreams.length)],
    retriesCount: 2,
  },
});
await app.listen({ port, host: '127.0.0.1' });
