import { needsSession, policyOf, type RouteContract, type RoutePolicy } from '@holdfast/contracts';
import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** What the session hook reads of a route: it declares that of itself, where it is loaded. */
interface NamedPolicy {
  readonly sessionPolicy?: RoutePolicy;
}

/** Notes every route that an application registers, as `METHOD /path`. HEAD is left out: it stands beside each GET. */
@Module({})
export class RouteRecorder {
  readonly routes = new Set<string>();
  /** Of the routes that name one. */
  readonly policies = new Map<string, RoutePolicy>();

  constructor({ httpAdapter }: HttpAdapterHost) {
    httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', ({ method, url, config }) => {
      for (const name of [method].flat()) {
        if (name === 'HEAD') continue;
        this.routes.add(`${name} ${url}`);
        const { sessionPolicy: policy }: NamedPolicy = config ?? {};
        if (policy) this.policies.set(`${name} ${url}`, policy);
      }
    });
  }

  /** The policies of these routes, and what the contract says of them. */
  compare(contracts: readonly RouteContract[]): { readonly ours: object; readonly declared: object } {
    const rows = contracts.filter(needsSession).map((row) => ({
      row,
      name: `${row.method} ${row.path}`,
      byMethod: policyOf({ access: 'session', method: row.method }),
    }));
    const ours = rows.map(({ name, byMethod }) => [name, this.policies.get(name) ?? byMethod] as const);
    return {
      ours: Object.fromEntries<RoutePolicy>(ours),
      declared: Object.fromEntries(rows.map(({ name, row }) => [name, policyOf(row)] as const)),
    };
  }

  /** The same application, watched. Ask it with `app.get(RouteRecorder)`. */
  static around(application: DynamicModule): DynamicModule {
    return { module: RouteRecorder, imports: [application] };
  }
}
