import { loadConfig, runService, serviceEnvironment } from '@holdfast/service-defaults';
import { z } from 'zod';
import { BenchModule, type PublicJwk } from './bench.module.js';

// Whoever measures asks how much processor time was used.
process.on('message', () => process.send?.({ type: 'cpu', cpu: process.cpuUsage() }));

const jwk = JSON.parse(process.argv[2] ?? '') as PublicJwk;
await runService({
  name: 'user',
  module: (config) => BenchModule.forRoot(config, jwk),
  readConfig: () => loadConfig(z.object(serviceEnvironment)),
});
