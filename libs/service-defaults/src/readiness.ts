import { Injectable } from '@nestjs/common';

/** Where a process is in its life. */
export type ReadinessState = 'starting' | 'ready' | 'draining';

/** What `/readyz` says: 200 while `ready`, else 503. */
@Injectable()
export class Readiness {
  state: ReadinessState = 'starting';
}
