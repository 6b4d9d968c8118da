import autocannon from 'autocannon';

// Where there is no wrk: the same load by a program of Node, and the figures that are read from either.
const { url, seconds, connections, headers } = JSON.parse(process.argv[2]);
const requests = headers.map((each) => ({ method: 'GET', headers: each }));
const {
  requests: sent,
  latency,
  errors,
  non2xx,
  duration,
} = await autocannon({
  url,
  connections,
  duration: seconds,
  requests,
});
process.stdout.write(
  JSON.stringify({
    requests: sent.total,
    seconds: duration,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    failed: errors + non2xx,
  }),
);
