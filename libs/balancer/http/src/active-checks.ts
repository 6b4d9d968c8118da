import type { CheckResult, Instance } from '@holdfast/balancer-core';
import type { UpstreamService } from './upstream-service.js';
import type { ConnectionPool } from './wire/connection-pool.js';

/**
 * Asks each instance for `/readyz` at an interval, one question at a time each. Over the connections that are opened as they are
 * needed: an instance must not look dead because those of usual requests are busy.
 */
export class ActiveChecks {
  readonly #asking = new Set<Instance>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly services: () => Iterable<UpstreamService>,
    intervalMs: number,
    private readonly timeoutMs: number,
  ) {
    this.#timer = setInterval(() => this.#round(), intervalMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #round(): void {
    for (const service of this.services()) {
      for (const instance of service.pool.instances) {
        if (!this.#asking.has(instance)) void this.#check(service, instance);
      }
    }
  }

  async #check(service: UpstreamService, instance: Instance): Promise<void> {
    this.#asking.add(instance);
    const result = await this.#ask(service.connectionsTo(instance, true));
    this.#asking.delete(instance);
    service.pool.reportCheck(instance, result);
  }

  #ask(connections: ConnectionPool): Promise<CheckResult> {
    return new Promise((resolve) => {
      const settle = (result: CheckResult) => {
        clearTimeout(timer);
        resolve(result);
      };
      const timer = setTimeout(() => {
        exchange.abort();
        resolve('unanswered');
      }, this.timeoutMs);
      let answered = 0;
      const exchange = connections.send(QUESTION, {
        onSent: () => undefined,
        onHead: (status) => (answered = status),
        onUpgrade: () => undefined,
        onData: () => true,
        onEnd: () => settle(answered < 300 ? 'passed' : 'refused'),
        onError: (error) => settle(isRefusal(error) ? 'refused' : 'unanswered'),
      });
    });
  }
}

const QUESTION = { method: 'GET', path: '/readyz', headers: [] } as const;

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
