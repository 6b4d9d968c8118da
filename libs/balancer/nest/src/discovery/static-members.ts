import {
  unannounced,
  type DiscoverySource,
  type Member,
  type OriginsByService,
} from '@holdfast/balancer-core';

/** Instances that somebody wrote down. Whether they are well is found out by checks and answers, as always. */
export class StaticMembers implements DiscoverySource {
  readonly #members: readonly Member[];

  constructor(origins: OriginsByService) {
    this.#members = [...origins].flatMap(([service, all]) =>
      all.map((origin) => unannounced(service, origin)),
    );
  }

  watch(onChange: (members: readonly Member[]) => void): { stop(): void } {
    onChange(this.#members);
    return { stop: () => undefined };
  }
}
