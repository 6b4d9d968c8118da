import { allRoutes, type RouteContract } from '@holdfast/contracts';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the HTTP contract says of the route; absent where it says nothing (probes, internal routes). */
    contract?: RouteContract;
  }
}

/** Notes on every route that is registered on `fastify` from now on what the HTTP contract says of it. */
export function bindContracts(fastify: Pick<FastifyInstance, 'addHook'>): void {
  const contracts = new Map(allRoutes.map((contract) => [`${contract.method} ${contract.path}`, contract]));
  fastify.addHook('onRoute', (route) => {
    const contract = contracts.get(`${[route.method].flat().join()} ${route.url}`);
    if (contract !== undefined) route.config = { ...route.config, contract };
  });
}
