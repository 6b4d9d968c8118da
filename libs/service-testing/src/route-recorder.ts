import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Notes every route that an application registers, as `METHOD /path`. HEAD is left out: it stands beside each GET. */
@Module({})
export class RouteRecorder {
  readonly routes = new Set<string>();

  constructor({ httpAdapter }: HttpAdapterHost) {
    httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) if (name !== 'HEAD') this.routes.add(`${name} ${url}`);
    });
  }

  /** The same application, watched. Ask it with `app.get(RouteRecorder)`. */
  static around(application: DynamicModule): DynamicModule {
    return { module: RouteRecorder, imports: [application] };
  }
}
