import { Upstreams, type InstanceOut } from '@holdfast/balancer-http';
import { NoticeListener, REDIS_GENERAL, type Notice } from '@holdfast/service-defaults';
import type { Redis } from '@holdfast/session-redis';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SupervisorLink } from '../worker/supervisor-link.js';
import { InstanceWatch } from './instance-watch.js';
import { watchPrimary } from './store-watch.js';

/** Watches what this worker can see of the platform, and tells it. */
@Injectable()
export class Happenings implements OnModuleInit, OnApplicationShutdown {
  #notices: NoticeListener | undefined;
  #stopWatching: () => void = () => undefined;

  constructor(
    private readonly link: SupervisorLink,
    upstreams: Upstreams,
    @Inject(REDIS_GENERAL) private readonly redis: Redis,
  ) {
    // Here: discovery begins with the modules.
    const instances = new InstanceWatch((told) => link.tell(told));
    upstreams.onMembers((members) => instances.update(members));
    upstreams.onOut((out) => this.#ejected(out));
  }

  onModuleInit(): void {
    this.#stopWatching = watchPrimary(this.redis, (told) => this.link.tell(told));
    this.#notices = new NoticeListener(this.redis, (notice) => this.#noticed(notice));
  }

  onApplicationShutdown(): void {
    this.#stopWatching();
    this.#notices?.close();
  }

  /** Each worker judges for itself: each tells. */
  #ejected({ member: { id, service, pid }, because, ejectedForMs }: InstanceOut): void {
    const until =
      ejectedForMs === undefined ? {} : { until: new Date(Date.now() + ejectedForMs).toISOString() };
    this.link.tell({ type: 'instance-ejected', detail: { instance: id, service, pid, because, ...until } });
  }

  #noticed({ noticeId, type, ...detail }: Notice): void {
    this.link.tell({ type, once: `notice ${noticeId}`, detail });
  }
}
