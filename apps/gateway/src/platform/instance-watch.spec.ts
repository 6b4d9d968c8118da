import type { Member } from '@holdfast/balancer-core';
import { expect, it } from '@jest/globals';
import { InstanceWatch } from './instance-watch.js';

const member = (id: string, state: Member['state'] = 'ready', startedAt = 1): Member => ({
  id,
  service: 'order',
  url: `http://${id}`,
  state,
  pid: startedAt,
  startedAt,
});

it('tells what happened between two listings, and nothing of the first', () => {
  const told: string[] = [];
  const watch = new InstanceWatch(({ type, once, as }) => told.push(`${type}: ${once} ${as}`));
  const tellsOf = (...members: Member[]) => {
    watch.update(members);
    return told.splice(0);
  };
  expect(tellsOf(member('a'), member('b', 'draining'))).toEqual([]);
  expect(tellsOf(member('a'), member('b', 'draining'))).toEqual([]);
  expect(tellsOf(member('a', 'draining'), member('b'), member('c'))).toEqual([
    'instance-drained: instance a 1 draining',
    'instance-up: instance b 1 ready',
    'instance-up: instance c 1 ready',
  ]);
  expect(tellsOf(member('b', 'ready', 2), member('c'))).toEqual([
    'instance-down: instance a 1 down',
    'instance-down: instance b 1 down',
    'instance-up: instance b 2 ready',
  ]);
});
