import { Child } from './child.js';
import type { Contender } from './contenders.js';

/** Microseconds of processor time. */
type CpuMicros = number;

/** A contender's server, running. */
export interface Server {
  readonly contender: Contender;
  readonly port: number;
  /** What its process has used, all threads together. */
  cpuMicros(): Promise<CpuMicros>;
  stop(): Promise<void>;
}

/** Starts a contender's server on a Redis, perhaps kept on a core. */
export async function startServer(
  contender: Contender,
  redisUrl: string,
  core: number | undefined,
): Promise<Server> {
  const { program } = contender;
  const child = new Child({ ...program, environment: { ...program.environment, REDIS_URL: redisUrl } }, core);
  const { port } = await child.hear<{ readonly port: number }>();
  return {
    contender,
    port,
    async cpuMicros() {
      const { cpu } = await child.ask<{ readonly cpu: NodeJS.CpuUsage }>({ ask: 'cpu' });
      return cpu.user + cpu.system;
    },
    stop: () => child.stop(),
  };
}
