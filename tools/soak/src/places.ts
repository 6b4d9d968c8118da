import { ApiClient, type FleetProcess, type RunFile } from '@holdfast/fleet-client';
import type { Random } from './random.js';

/** The services that clients speak to. */
export type Service = 'auth' | 'user' | 'order';

/** Somewhere to send a request: the gateway, or one instance at its own port. */
export interface Place {
  readonly at: string;
  readonly api: ApiClient;
}

const LOOK_EVERY_MS = 250;
const GATEWAY_SHARE = 0.5;

/** Where the processes of the platform are at this moment. */
export class Places {
  private readonly clients = new Map<string, ApiClient>();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly read: () => Promise<RunFile>,
    private current: RunFile,
  ) {}

  /** Looks, and goes on looking every 250 ms until `close`. */
  static async watch(read: () => Promise<RunFile>): Promise<Places> {
    const places = new Places(read, await read());
    places.timer = setInterval(() => void places.look(), LOOK_EVERY_MS);
    return places;
  }

  /** Half of the time the gateway, else any instance of the service. */
  pick(random: Random, service: Service): Place {
    const instance = random.pick(this.instances(service));
    return random.next() < GATEWAY_SHARE || instance === undefined ? this.gateway : instance;
  }

  get gateway(): Place {
    return { at: 'gateway', api: this.client(this.current.gateway.url) };
  }

  /** The instances of a service. */
  instances(service: Service): readonly Place[] {
    return this.processes(service).map(({ id, port }) => ({
      at: id,
      api: this.client(`http://127.0.0.1:${port}`),
    }));
  }

  /** The processes of a service, or the gateway's workers. */
  processes(role: Service | 'gateway'): readonly FleetProcess[] {
    return this.current.processes.filter((process) => process.role === role);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    this.current = await this.read().catch(() => this.current);
  }

  private client(url: string): ApiClient {
    const client = this.clients.get(url) ?? new ApiClient(url);
    this.clients.set(url, client);
    return client;
  }
}
