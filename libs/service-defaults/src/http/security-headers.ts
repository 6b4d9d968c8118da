import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** An API has no page: nothing may be loaded, framed or sent from one of its answers. */
const NOTHING = ["'none'"];
const HEADERS = computeHeaders();

/**
 * The security headers of every answer, names in lower case: Helmet's, for an API that serves no page (OWASP REST
 * Security and HTTP Headers cheat sheets): `default-src 'none'`, HSTS for a year, `nosniff`, no framing, no referrer.
 * None says what the server is or allows another origin. The same list at each call.
 */
export function securityHeaders(): readonly (readonly [string, string])[] {
  return HEADERS;
}

/** Helmet is a middleware: it is asked once, with an answer that nobody gets. */
function computeHeaders(): readonly (readonly [string, string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': NOTHING,
        'base-uri': NOTHING,
        'form-action': NOTHING,
        'frame-ancestors': NOTHING,
      },
    },
    xFrameOptions: { action: 'deny' },
  })(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)] as const);
}
