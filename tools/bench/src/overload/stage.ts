import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@holdfast/launcher';
import { Child } from '../session/child.js';

const GATEWAY = fileURLToPath(new URL('../../../../apps/gateway/dist/main.js', import.meta.url));
const SERVICE = fileURLToPath(new URL('service-process.js', import.meta.url));
const READY_WITHIN_MS = 30_000;
const secret = (): string => randomBytes(32).toString('base64url');

/** How the service is bounded: two instances, each with so many slots that are taken for so long. */
export const SERVICE_SLOTS = 4;
export const SERVICE_TAKES_MS = 40;

/** A gateway before a service of known capacity. */
export interface OverloadStage {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts both, the gateway as `npm start` does but for what `environment` says. */
export async function startStage(
  redisUrl: string,
  environment: Readonly<Record<string, string>>,
): Promise<OverloadStage> {
  const args = [redisUrl, String(SERVICE_SLOTS), String(SERVICE_TAKES_MS)];
  const service = new Child({ file: SERVICE, args }, undefined);
  await service.hear();
  const port = await freePort();
  const gateway = spawn(process.execPath, [GATEWAY], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NODE_OPTIONS: '',
      LOG_LEVEL: 'silent',
      GATEWAY_PORT: String(port),
      REDIS_URL: redisUrl,
      SESSION_DURABILITY: 'local',
      SESSION_SECRET: secret(),
      SEALING_SECRET: secret(),
      CLIENT_SECRET: secret(),
      TOKEN_ISSUER: 'http://gateway.bench',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(gateway, 'exit');
  await untilAnswered(port);
  return {
    port,
    async stop() {
      gateway.kill('SIGTERM');
      await gone;
      await service.stop();
    },
  };
}

async function untilAnswered(port: number): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  while (performance.now() < until) {
    const answer = await fetch(`http://127.0.0.1:${port}/products`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error('The gateway did not start.');
}
