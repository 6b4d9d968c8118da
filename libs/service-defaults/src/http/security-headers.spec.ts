import { describe, expect, it } from '@jest/globals';
import { securityHeaders } from './security-headers.js';

describe('securityHeaders', () => {
  const headers = Object.fromEntries(securityHeaders());

  it('are those of an API that serves no page', () => {
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('neither name a server nor let another origin in', () => {
    const names = Object.keys(headers);
    expect(names.filter((name) => /^server$|powered|^access-control/.test(name))).toEqual([]);
  });

  it('fit into a head as they are', () => {
    for (const [name, value] of securityHeaders()) {
      expect(name).toMatch(/^[a-z-]+$/);
      expect(value).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});
