import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { confidentialClients } from './confidential-clients.js';

const serviceClients = new Map([['order', 'hash-of-order']]);

describe('confidentialClients', () => {
  it('has the services with the scope of internal routes', () => {
    expect([...confidentialClients({ serviceClients, metricsSecret: undefined })]).toEqual([
      ['order', { hash: 'hash-of-order', scope: 'internal' }],
    ]);
  });

  it('has who collects metrics where it has a secret, which is not kept', () => {
    const clients = confidentialClients({ serviceClients, metricsSecret: 'of-metrics' });
    const hash = createHash('sha256').update('of-metrics').digest('base64url');
    expect([...clients.keys()]).toEqual(['order', 'prometheus']);
    expect(clients.get('prometheus')).toEqual({ hash, scope: 'metrics:read' });
  });
});
