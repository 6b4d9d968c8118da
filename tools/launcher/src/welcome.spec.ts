import { describe, expect, it } from '@jest/globals';
import type { FleetProcess, ProcessRole } from '@holdfast/fleet-client';
import { Home } from './home.js';
import { welcome } from './welcome.js';

function textFor(roles: readonly ProcessRole[]): string {
  const processes: FleetProcess[] = roles.map((role, at) => ({
    id: `${role}-${at}`,
    role,
    pid: at,
    port: at,
  }));
  const home = new Home('/srv/holdfast');
  const about = { url: 'http://127.0.0.1:8080', adminEmail: 'admin@holdfast.example', tookMs: 7_800 };
  return welcome({ home, processes, ...about }).join('\n');
}

const FLEET: readonly ProcessRole[] = ['order', 'order', 'redis-primary', 'redis-replica', 'redis-replica'];

describe('the welcome', () => {
  it('warns of nothing where there are two of each and replicas', () => {
    const text = textFor(FLEET);
    expect(text).toContain('Ready in 7.8 s: 5 processes.');
    expect(text).not.toMatch(/One of each|One Redis|absent/);
  });

  it.each<[string, readonly ProcessRole[]]>([
    ['a single Redis of the launcher', ['order', 'order', 'redis-primary']],
    ['the Redis that REDIS_URL names', ['order', 'order']],
  ])('says with %s that sessions live in one copy, and which guarantees are absent', (_what, roles) => {
    const text = textFor(roles);
    expect(text).toContain('sessions live in one copy');
    expect(text).toContain('G5 and G6 are absent');
    expect(text).not.toContain('One of each');
  });

  it('says what one of each means', () => {
    expect(textFor(['order', ...FLEET.slice(2)])).toContain('One of each: when an instance dies');
  });
});
