import type { CheckResult, Instance } from '@holdfast/balancer-core';
import { Agent } from 'undici';
import type { UpstreamService } from './upstream-service.js';

/**
 * Asks each instance for `/readyz` at an interval, one question at a time each, over connections of its own: an
 * instance must not look dead because its pool is busy.
 */
export class ActiveChecks {
  readonly #agent = new Agent({ connections: 1, pipelining: 1 });
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

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#agent.destroy();
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
    const result = await this.#ask(instance.member.url);
    this.#asking.delete(instance);
    service.pool.reportCheck(instance, result);
  }

  async #ask(origin: string): Promise<CheckResult> {
    try {
      const response = await this.#agent.request({
        origin,
        path: '/readyz',
        method: 'GET',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      await response.body.dump();
      return response.statusCode < 300 ? 'passed' : 'refused';
    } catch (error) {
      return isRefusal(error) ? 'refused' : 'unanswered';
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
