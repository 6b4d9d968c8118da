import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parsePolicySetting, type Member, type PolicyName } from '@holdfast/balancer-core';
import { sessionAffinity } from './affinity.js';
import { ServiceClient } from './service-client.js';
import { Instances } from './spec/instances.js';
import { Upstreams } from './upstreams.js';

const instances = new Instances();
let members: Member[];
let upstreams: Upstreams;

beforeEach(async () => {
  const ids = ['user-1', 'user-2', 'user-3'];
  members = await Promise.all(
    ids.map((id) => instances.serve(id, (_request, response) => void response.end(id))),
  );
});

afterEach(async () => {
  await upstreams.close();
  instances.stop();
});

/** Who answers requests that follow each other. */
async function answerers(count: number, headers: Record<string, string> = {}): Promise<string[]> {
  const client = new ServiceClient(upstreams);
  const answered: string[] = [];
  for (let time = 0; time < count; time++) {
    answered.push(await (await client.request('user', { method: 'GET', path: '/', headers })).text());
  }
  return answered;
}

function begin(setting: string): void {
  upstreams = new Upstreams({ checkIntervalMs: 0, policies: parsePolicySetting(setting) });
  upstreams.update(members);
}

const tokenOf = (claims: unknown): string =>
  `Bearer x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.z`;

describe('the policy of a service', () => {
  it('is the one of the setting: its own, or that for everybody', async () => {
    begin('p2c,user=round-robin');
    expect([upstreams.policyOf('user'), upstreams.policyOf('order')]).toEqual(['round-robin', 'p2c']);
    expect((await answerers(6)).sort()).toEqual(['user-1', 'user-1', 'user-2', 'user-2', 'user-3', 'user-3']);
  });

  it('gives members shares by their weights', async () => {
    begin('weighted');
    upstreams.update(members.map((member, index) => ({ ...member, weight: index === 0 ? 4 : 1 })));
    expect((await answerers(12)).filter((id) => id === 'user-1')).toHaveLength(8);
  });

  it('keeps the requests of a session on one instance with rendezvous', async () => {
    begin('rendezvous');
    const homes: (string | undefined)[] = [];
    for (let session = 0; session < 30; session++) {
      const ids = await answerers(3, { authorization: tokenOf({ sid: `s${session}` }) });
      expect(new Set(ids).size).toBe(1);
      homes.push(ids[0]);
    }
    expect(new Set(homes).size).toBe(3);
  });

  it('is switched while it runs, for one service or for all that have none of their own', async () => {
    begin('p2c-ewma');
    await answerers(1);
    upstreams.usePolicy('user', 'round-robin');
    expect((await answerers(6)).sort()).toEqual(['user-1', 'user-1', 'user-2', 'user-2', 'user-3', 'user-3']);
    upstreams.usePolicy(undefined, 'rendezvous');
    expect([upstreams.policyOf('user'), upstreams.policyOf('order')]).toEqual(['round-robin', 'rendezvous']);
    // With rendezvous one session would go to one instance.
    expect(new Set(await answerers(3, { authorization: tokenOf({ sid: 's1' }) })).size).toBe(3);
  });

  it('stays what it is when it is switched to one that does not exist', () => {
    begin('weighted');
    expect(() => upstreams.usePolicy(undefined, 'fastest' as PolicyName)).toThrow(
      '"fastest" is no balancing policy; there is: round-robin, weighted, least-request, p2c, p2c-ewma, rendezvous',
    );
    expect(upstreams.policyOf('user')).toBe('weighted');
  });
});

describe('sessionAffinity', () => {
  it('is the sid of a token', () => {
    expect(sessionAffinity(tokenOf({ sid: 's1', sub: 'u' }))?.()).toBe('s1');
  });

  it.each([tokenOf({ sub: 'u' }), tokenOf(null), tokenOf({ sid: 7 }), 'Bearer x.%%.z', 'Basic abc', ''])(
    'is nothing for "%s"',
    (authorization) => expect(sessionAffinity(authorization)?.()).toBeUndefined(),
  );

  it('does not exist without a credential', () => {
    expect(sessionAffinity(undefined)).toBeUndefined();
  });
});
