import { randomBytes } from 'node:crypto';
import { TestIssuer } from '@holdfast/service-testing';
import { Redis } from 'ioredis';

/** A Redis database for each spec file that runs whole workers: a registry serves a whole platform, and files run side by side. */
const DATABASES = { 'create-gateway': 7, 'own-routes': 8, streams: 9, platform: 10 } as const;

/** Where a spec file's workers keep their sessions and are registered. */
export function redisUrlOf(spec: keyof typeof DATABASES): string {
  const url = new URL(process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379');
  url.pathname = `/${DATABASES[spec]}`;
  return url.href;
}

/** Connects, with nobody registered: whoever ran there before may have left somebody. */
export async function emptyRegistry(redisUrl: string): Promise<Redis> {
  const redis = new Redis(redisUrl);
  await redis.del('hf:{registry}:members', 'hf:{registry}:leases');
  return redis;
}

/** An authorisation server for workers, and the configuration with which they believe it. */
export function workerEnvironment(spec: keyof typeof DATABASES) {
  const issuer = new TestIssuer('http://gateway.test');
  const secret = () => randomBytes(32).toString('base64url');
  const environment = {
    REDIS_URL: redisUrlOf(spec),
    SESSION_SECRET: secret(),
    SEALING_SECRET: secret(),
    CLIENT_SECRET: secret(),
    SESSION_DURABILITY: 'local',
    TOKEN_ISSUER: issuer.url,
    PORT: '0',
  };
  return { issuer, environment };
}
