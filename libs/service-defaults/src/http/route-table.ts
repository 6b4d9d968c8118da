import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which methods a path knows, so that a wrong one is answered 405 with `Allow` and not 404. */
export class RouteTable {
  readonly #routes = new Map<string, KnownRoute>();

  /** Notes every route that is registered on `fastify` from now on. */
  watch(fastify: Pick<FastifyInstance, 'addHook'>): this {
    fastify.addHook('onRoute', ({ method, url }) => this.#add(url, [method].flat()));
    return this;
  }

  /** The methods of all routes that match a request target, sorted; empty for an unknown path. */
  methodsOf(target: string): readonly string[] {
    const [path = ''] = target.split('?', 1);
    const matching = [...this.#routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  }

  #add(url: string, methods: readonly string[]): void {
    const known = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const method of methods) known.methods.add(method);
    this.#routes.set(url, known);
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.+^${}()|[\]\\]/g, '\\$&')))
    .join('/')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}
