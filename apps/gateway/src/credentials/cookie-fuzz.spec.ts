import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, sendRaw } from '../spec/raw-http.js';
import { SessionWorld } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';

let world: SessionWorld;
let gateway: GatewayUnderTest;
let auth: Upstream;
let order: Upstream;
let secret: string;

beforeAll(async () => {
  world = new SessionWorld();
  gateway = await GatewayUnderTest.start({ world });
  auth = await Upstream.start('auth-1', world.auth(sayId('auth-1')));
  order = await Upstream.start('order-1');
  gateway.use(auth, order);
  secret = (await world.signIn()).cookie;
});
afterAll(() => gateway.stop());

const joint = fc.constantFrom(';', '; ', ' ;', ';\t', ',', ', ', ';;', ' ', '"', '=');
const name = fc.constantFrom(
  ...[
    '__Host-session',
    '__host-session',
    '__HOST-SESSION',
    '"__Host-session"',
    '__Host-session ',
    '\t__Host-session',
  ],
  ...[
    '%5f%5fHost-session',
    '__Host%2Dsession',
    '$__Host-session',
    'a__Host-session',
    '=__Host-session',
    'theme',
  ],
);
const lineName = fc.constantFrom('Cookie', 'cookie', 'COOKIE', 'cOOkie');
const junk = fc.string({ unit: fc.constantFrom(...'ab=;,"% \t\u00a0\u00ff'), maxLength: 8 });

describe('a Cookie header, whatever is in it', () => {
  it('G16: is answered, and its session cookie gets to no service', async () => {
    const cookie = fc.oneof(
      fc.tuple(name, fc.constantFrom('=', ' = ', '="', '%3D'), fc.constantFrom('', '"', ' ')),
      fc.constant(undefined),
    );
    const part = fc.tuple(cookie, junk, joint).map(([found, other, end]) => {
      // A cookie of another name may have any value.
      const mine =
        found && found[0] !== 'theme' ? `${found[0]}${found[1]}${secret}${found[2]}` : `theme=${other}`;
      return `${mine}${end}`;
    });
    const line = fc
      .tuple(lineName, fc.array(part, { maxLength: 6 }))
      .map(([as, parts]) => `${as}: ${parts.join('')}`);
    const property = fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 3 }), async (lines) => {
      const request = head('GET /products HTTP/1.1', 'Host: a', ...lines, 'Connection: close');
      const answer = await sendRaw(gateway.port, Buffer.from(request, 'latin1').toString('latin1'));
      expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400) /);
    });
    // A random header may never be the genuine one: it is among them, so that one exchange is a fact.
    await fc.assert(property, { numRuns: 300, examples: [[[`Cookie: __Host-session=${secret}`]]] });
    const swapped = auth.requests.filter(({ url }) => url === '/internal/sessions/exchange').length;
    expect(order.requests.length).toBeGreaterThan(50);
    expect(swapped).toBe(1);
    for (const { rawHeaders } of order.requests) expect(rawHeaders.join('\n')).not.toContain(secret);
  });
});
