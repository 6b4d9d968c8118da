import { isSameRun, type Member } from '@holdfast/balancer-core';
import type { Told } from '../supervisor/messages.js';

/** Turns listings of the registry into what happened between them. The first one is how things are. */
export class InstanceWatch {
  #known: ReadonlyMap<string, Member> | undefined;

  constructor(private readonly tell: (told: Told) => void) {}

  /** Takes all members. */
  update(members: readonly Member[]): void {
    const before = this.#known;
    this.#known = new Map(members.map((member) => [member.id, member]));
    if (!before) return;
    for (const [id, member] of before) {
      const now = this.#known.get(id);
      if (!now || !isSameRun(now, member)) this.#tell(member, 'down');
    }
    for (const [id, member] of this.#known) {
      const former = before.get(id);
      const isKnown = former !== undefined && isSameRun(former, member);
      if (!isKnown || former.state !== member.state) this.#tell(member, member.state);
    }
  }

  #tell({ id, service, pid, url, startedAt }: Member, as: Member['state'] | 'down'): void {
    const type = ({ ready: 'instance-up', draining: 'instance-drained', down: 'instance-down' } as const)[as];
    this.tell({ type, once: `instance ${id} ${startedAt}`, as, detail: { instance: id, service, pid, url } });
  }
}
