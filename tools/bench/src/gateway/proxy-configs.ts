/** What a configuration names: where the proxy listens, what stands behind it, and a folder of its own. */
export interface ConfigPlan {
  readonly port: number;
  readonly upstreamPorts: readonly number[];
  readonly dir: string;
}

/** How long a try may take before another instance is asked: what our gateway waits. */
const TRY_SECONDS = 2;

/**
 * nginx with what its free edition has: failures seen by requests take an instance out, safe requests are retried, and
 * connections are kept. `/orders` takes an `Idempotency-Key`, so its POSTs may be repeated.
 */
export function nginxConfig({ port, upstreamPorts, dir }: ConfigPlan): string {
  const servers = upstreamPorts.map((each) => `    server 127.0.0.1:${each} max_fails=2 fail_timeout=1s;`);
  return `daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  upstream service {
    zone service 64k;
    least_conn;
${servers.join('\n')}
    keepalive 256;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Request-Id $request_id;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_connect_timeout 1s;
    proxy_read_timeout ${TRY_SECONDS}s;
    proxy_next_upstream_tries 3;
    location / {
      proxy_next_upstream error timeout http_503;
      proxy_pass http://service;
    }
    location = /orders {
      proxy_next_upstream error timeout http_503 non_idempotent;
      proxy_pass http://service;
    }
  }
}
`;
}

/** HAProxy with active and passive checks, connections that are kept and shared, and retries of whatever is safe. */
export function haproxyConfig({ port, upstreamPorts }: ConfigPlan): string {
  const servers = upstreamPorts.map((each, at) => `  server order-${at + 1} 127.0.0.1:${each} check`);
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 75s
  timeout server ${TRY_SECONDS}s
  timeout http-keep-alive 75s
  timeout http-request 10s
listen gateway
  bind 127.0.0.1:${port}
  option forwardfor
  option http-buffer-request
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-Proto http
  http-request disable-l7-retry if METH_POST !{ req.hdr(idempotency-key) -m found }
  retries 3
  retry-on conn-failure empty-response junk-response response-timeout 503
  option redispatch 1
  balance leastconn
  http-reuse always
  option httpchk GET /readyz
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 observe layer7 error-limit 5 on-error mark-down pool-max-conn 256
${servers.join('\n')}
`;
}
