import { Upstreams } from '@holdfast/balancer-http';
import { CodedError } from '@holdfast/contracts';
import { ServiceCredentials } from '@holdfast/service-defaults';
import { Injectable } from '@nestjs/common';
import { SupervisorLink } from '../worker/supervisor-link.js';

const ANSWER_WITHIN_MS = 2_000;

/** Has processes rest, and work again: gateway workers through their supervisor, instances of services by their own port. */
@Injectable()
export class InstanceRest {
  constructor(
    private readonly link: SupervisorLink,
    private readonly upstreams: Upstreams,
    private readonly credentials: ServiceCredentials,
  ) {}

  /** @throws CodedError `ERR_NOT_FOUND`, `ERR_CONFLICT`, `ERR_UPSTREAM_TIMEOUT`, `ERR_UPSTREAM_UNAVAILABLE` */
  async rest(id: string, resting: boolean): Promise<void> {
    const outcome = await this.link.ask({ about: 'rest', worker: id, resting });
    if (outcome === 'done') return;
    if (outcome === 'unknown') return this.#restInstance(id, resting);
    if (outcome === 'last') {
      throw new CodedError('ERR_CONFLICT', 'No other gateway worker takes requests.');
    }
    throw new CodedError('ERR_UPSTREAM_TIMEOUT', `${id} does not answer.`);
  }

  async #restInstance(id: string, resting: boolean): Promise<void> {
    const instance = this.upstreams.view().find((each) => each.id === id);
    if (!instance) throw new CodedError('ERR_NOT_FOUND', `There is no instance ${id}.`);
    const headers = { authorization: `Bearer ${await this.credentials.token()}` };
    const { status } = await fetch(`${instance.url}/internal/membership/${resting ? 'drain' : 'undrain'}`, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw new CodedError('ERR_UPSTREAM_TIMEOUT', `${id} does not answer.`);
      }
      throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', `${id} is not reached.`);
    });
    if (status === 409) throw new CodedError('ERR_CONFLICT', `${id} is about to end.`);
    if (status !== 204)
      throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', `${id} does not take it (${status}).`);
  }
}
