import type { AddressInfo } from 'node:net';
import { loadConfig, ProblemFilter, RouteTable, serviceEnvironment } from '@holdfast/service-defaults';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { BenchModule, type PublicJwk } from './bench.module.js';

// The same sessions on Nest and Fastify as both come, as other libraries are measured: no headers, no request ids, no
// logger, no drain. The filter turns what the guard throws into 401.
const config = { ...loadConfig(z.object(serviceEnvironment)), INSTANCE_ID: `bench-${process.pid}` };
const adapter = new FastifyAdapter();
const routes = new RouteTable().watch(adapter.getInstance());
const module = BenchModule.forRoot(config, JSON.parse(process.argv[2] ?? '') as PublicJwk);
const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false });
app.useGlobalFilters(new ProblemFilter(routes));
await app.listen(0, '127.0.0.1');

process.on('message', () => process.send?.({ type: 'cpu', cpu: process.cpuUsage() }));
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready', port: (app.getHttpServer().address() as AddressInfo).port });
