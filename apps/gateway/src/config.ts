import { BlockList } from 'node:net';
import { ConfigError, loadConfig, secret, serviceEnvironment } from '@holdfast/service-defaults';
import { z } from 'zod';
import { readTls, type TlsFiles } from './http/tls-files.js';
import { isTaken, type OtherRoutes } from './proxy/service-routes.js';

const port = z.coerce.number().int().min(0).max(65_535);

/** Comma-separated addresses and CIDR ranges, e.g. `10.0.0.0/8,::1`. */
const networks = z.string().transform((list, context) => {
  const blocks = new BlockList();
  for (const entry of list.split(',').map((part) => part.trim())) {
    const [address = '', prefix] = entry.split('/');
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    try {
      if (prefix === undefined) blocks.addAddress(address, family);
      else if (/^\d{1,3}$/.test(prefix)) blocks.addSubnet(address, Number(prefix), family);
      else throw new RangeError(prefix);
    } catch {
      context.addIssue({ code: 'custom', message: `"${entry}" is not an address or a CIDR range` });
    }
  }
  return blocks;
});

/** Comma-separated origins, as browsers write them: `https://app.example.org,http://localhost:5173`. */
const origins = z.string().transform((list, context): ReadonlySet<string> => {
  const entries = list.split(',').map((part) => part.trim());
  for (const entry of entries) {
    if (!isOrigin(entry)) {
      context.addIssue({
        code: 'custom',
        message: `"${entry}" is not an origin as browsers write it, such as https://app.example.org`,
      });
    }
  }
  return new Set(entries);
});

function isOrigin(text: string): boolean {
  // A parser of URLs takes a `*` for the name of a host.
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Comma-separated: `chat=chat,prices=market` sends `/chat` and all below to the service `chat`. */
const otherRoutes = z.string().transform((list, context): OtherRoutes => {
  const routes = new Map<string, string>();
  for (const entry of list.split(',').map((part) => part.trim())) {
    const [, segment = '', service = ''] = /^([a-z0-9][a-z0-9-]*)=([a-z][a-z0-9-]*)$/.exec(entry) ?? [];
    const fault =
      segment === '' ? 'is not segment=service' : isTaken(segment) ? "is the platform's own" : undefined;
    if (fault) context.addIssue({ code: 'custom', message: `"${entry}" ${fault}` });
    routes.set(segment, service);
  }
  return routes;
});

const gatewayEnvironment = z
  .object({
    ...serviceEnvironment,
    /** With it the gateway proves itself to auth, which swaps cookies for nobody else. */
    CLIENT_SECRET: secret('CLIENT_SECRET'),
    /** Pages of these origins may call with a bearer token. Default: none, CORS is off. */
    CORS_ORIGINS: origins.default(() => new Set<string>()),
    /** Overrides `GATEWAY_PORT`, as `PORT` does for every app. */
    PORT: port.optional(),
    GATEWAY_PORT: port.default(8080),
    /** Paths of a certificate, its chain with it, and of its key, as PEM: with both the gateway speaks TLS. */
    GATEWAY_TLS_CERT: z.string().optional(),
    GATEWAY_TLS_KEY: z.string().optional(),
    /** Connections that one address may hold at each worker; 0: any number. */
    GATEWAY_SOCKETS_PER_ADDRESS: z.coerce.number().int().min(0).max(65_535).default(0),
    /** Services of one's own, by the first segment of their paths. Default: none. */
    GATEWAY_ROUTES: otherRoutes.default(() => new Map<string, string>()),
    GATEWAY_WORKERS: z.coerce.number().int().min(1).max(64).default(2),
    /** Whose `X-Forwarded-*` is believed. Default: nobody's. */
    TRUSTED_PROXIES: networks.default(() => new BlockList()),
    BODY_LIMIT_BYTES: z.coerce.number().int().min(0).default(1_048_576),
    /** `parent`: who started the gateway answers for its processes, and breaks them when told (`npm start`). Default: nobody. */
    FLEET_CONTROL: z.literal('parent').optional(),
    /** How many requests a service may have in flight from each worker: `adaptive`, or as many as come. */
    CONCURRENCY_LIMIT: z.enum(['adaptive', 'off']).default('adaptive'),
    CONCURRENCY_FLOOR: z.coerce.number().int().min(1).max(100_000).default(16),
    CONCURRENCY_CEILING: z.coerce.number().int().min(1).max(100_000).default(1_000),
    /** From which delay of a busy event loop a worker sheds what is of low priority. 0: it does not. */
    EVENT_LOOP_DELAY_LIMIT_MS: z.coerce.number().int().min(0).max(60_000).default(250),
    /** Requests of one client a minute. 0: no ceiling. */
    RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).max(10_000_000).default(0),
    RESTART_DELAY_MS: z.coerce.number().int().min(0).default(1_000),
  })
  .refine((config) => config.CONCURRENCY_FLOOR <= config.CONCURRENCY_CEILING, {
    path: ['CONCURRENCY_FLOOR'],
    message: 'must not be above CONCURRENCY_CEILING',
  });

/** The gateway's configuration. `PORT` is where it listens. */
export type GatewayConfig = Readonly<z.infer<typeof gatewayEnvironment>> & { readonly PORT: number };

/** Reads the environment; the only place that does. Throws with all faults together. */
export function readConfig(environment = process.env): GatewayConfig {
  const config = loadConfig(gatewayEnvironment, environment);
  const fault = tlsFault(config);
  if (fault) throw new ConfigError([fault]);
  return Object.freeze({ ...config, PORT: config.PORT ?? config.GATEWAY_PORT });
}

/** Where the certificate and its key are; `undefined` where the gateway speaks plain HTTP. */
export function tlsFilesOf({
  GATEWAY_TLS_CERT: cert,
  GATEWAY_TLS_KEY: key,
}: Pick<GatewayConfig, 'GATEWAY_TLS_CERT' | 'GATEWAY_TLS_KEY'>): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** At the start, by the supervisor, and not at the first connection. */
function tlsFault(config: Pick<GatewayConfig, 'GATEWAY_TLS_CERT' | 'GATEWAY_TLS_KEY'>): string | undefined {
  const { GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key } = config;
  if ((cert === undefined) !== (key === undefined)) {
    return cert === undefined
      ? 'GATEWAY_TLS_CERT: is missing beside GATEWAY_TLS_KEY'
      : 'GATEWAY_TLS_KEY: is missing beside GATEWAY_TLS_CERT';
  }
  try {
    const files = tlsFilesOf(config);
    if (files) readTls(files);
    return undefined;
  } catch (error) {
    return `GATEWAY_TLS_CERT: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}
