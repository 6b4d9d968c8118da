import { fileURLToPath } from 'node:url';
import type { Logger } from '@holdfast/service-defaults';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CrossOrigin } from '../http/cross-origin.js';
import { sendProblem } from '../http/send-problem.js';
import { pathOf } from '../proxy/strict-check.js';
import { encodingFor, readSite, type SiteFile } from './site.js';

const ROOT = '/console/';

/** What the console's pages may do: run their own script, look as their own style says, ask the platform. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join(';');

/** Where `nx build console` leaves the site; the same place from `src` and from `dist`. */
const BUILT = fileURLToPath(new URL('../../../console/dist/site', import.meta.url));

/** What the console's routes need. */
export interface ConsoleOptions {
  readonly gatewayId: string;
  readonly crossOrigin: CrossOrigin;
  readonly logger: Logger;
  /** Default: where the console is built. */
  readonly folder?: string | undefined;
}

/** Whether a path is one of the console's pages or files. */
export function isConsole(path: string): boolean {
  return path === '/console' || path.startsWith(ROOT);
}

/**
 * The console: files that are open to anyone. What they show comes from the API, with the session of who looks. A path
 * that is no file and has no extension is a page of the application, which looks at the address itself.
 */
export async function registerConsole(fastify: FastifyInstance, options: ConsoleOptions): Promise<void> {
  const site = readSite(options.folder ?? BUILT);
  if (!site) options.logger.warn('the console is not built: /console/ answers 404 until `npm run build`');
  await fastify.register(async (scope) => {
    scope.get('/console', (_request, reply) => reply.redirect(ROOT, 308));
    scope.get(`${ROOT}*`, (request, reply) => {
      const name = pathOf(request.url).slice(ROOT.length);
      const file = site?.get(name) ?? (/\.\w+$/.test(name) ? undefined : site?.get('index.html'));
      if (file) return sendFile(file, request, reply);
      const detail = site
        ? 'The console has no such file.'
        : 'The console is not built: run `npm run build`.';
      return refuse(detail, request, reply, options);
    });
  });
}

function sendFile(file: SiteFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const vary = [reply.getHeader('vary'), 'accept-encoding'].filter((part) => part !== undefined);
  reply.headers({ 'cache-control': file.cacheControl, etag: file.etag, vary: vary.join(', ') });
  if (request.headers['if-none-match']?.includes(file.etag)) return reply.code(304).send();
  const encoding = encodingFor(file, String(request.headers['accept-encoding'] ?? ''));
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply.type(file.type).send(file.encoded.get(encoding ?? '') ?? file.content);
}

function refuse(
  detail: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { gatewayId, crossOrigin }: ConsoleOptions,
): FastifyReply {
  reply.hijack();
  const ours = { requestId: request.id, gatewayId, servedBy: gatewayId, retries: 0 };
  const headers = { ...ours, crossOrigin: crossOrigin.headersFor(request.raw) };
  sendProblem(request.raw, reply.raw, { code: 'ERR_NOT_FOUND', detail }, headers);
  return reply;
}
