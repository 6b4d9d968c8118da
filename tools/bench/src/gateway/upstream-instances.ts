import { fileURLToPath } from 'node:url';
import { freePort } from '@holdfast/launcher';
import { Child } from '../session/child.js';
import type { UpstreamMood, UpstreamOrder } from './upstream-process.js';

const FILE = fileURLToPath(new URL('upstream-process.js', import.meta.url));
const COUNT = 3;
/** What the platform's services send with each answer: a gateway that finds less would have to add it. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
} as const;

/** One instance of the service that all proxies stand before. */
export class UpstreamInstance {
  #child: Child;

  private constructor(
    private readonly order: UpstreamOrder,
    private readonly core: number | undefined,
    child: Child,
  ) {
    this.#child = child;
  }

  static async start(order: UpstreamOrder, core: number | undefined): Promise<UpstreamInstance> {
    return new UpstreamInstance(order, core, await launch(order, core));
  }

  get port(): number {
    return this.order.port;
  }

  /** Settles when it behaves so. */
  async become(mood: UpstreamMood): Promise<void> {
    await this.#child.ask(mood);
  }

  /** Ends it in this way, and settles when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child.signal(signal);
    await this.#child.ended();
  }

  /** Starts it again where it was, behaving as at first unless told otherwise. */
  async restart(mood: UpstreamMood): Promise<void> {
    this.#child = await launch({ ...this.order, mood }, this.core);
  }

  /** It stands still: it accepts connections and answers nothing. */
  hang(): void {
    this.#child.signal('SIGSTOP');
  }

  wake(): void {
    this.#child.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    this.wake();
    await this.#child.stop();
  }
}

/** Starts three instances that are registered in this Redis as the platform's services are. */
export async function startUpstreams(
  redisUrl: string,
  core: number | undefined,
): Promise<readonly UpstreamInstance[]> {
  const headers = Object.entries(SECURITY_HEADERS).flat();
  const mood = { serviceMs: 0, isBroken: false };
  const instances: UpstreamInstance[] = [];
  for (let number = 1; number <= COUNT; number += 1) {
    const order = { id: `order-${number}`, port: await freePort(), redisUrl, headers, mood };
    instances.push(await UpstreamInstance.start(order, core));
  }
  return instances;
}

async function launch(order: UpstreamOrder, core: number | undefined): Promise<Child> {
  const child = new Child({ file: FILE, args: [JSON.stringify(order)] }, core);
  await child.hear();
  return child;
}
