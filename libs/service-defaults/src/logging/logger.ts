import pino from 'pino';
import { describeError } from './describe-error.js';
import { logOrigin } from './log-origin.js';
import { prettyLines } from './pretty-lines.js';
import { scrub } from './scrub.js';
import { withoutSecrets } from './without-secrets.js';

/** A pino logger. */
export type Logger = pino.Logger;

/** What a framework may hand us whole. Of a request its method and path are written, of an answer its status. */
interface LoggedRequest {
  readonly method?: string;
  readonly url?: string;
}
interface LoggedReply {
  readonly statusCode?: number;
}

/**
 * JSON lines on stdout, in a terminal lines for people: time, level, service, instance, message, and of the request that
 * is being served its id, its trace's, and its session's public one. Errors are
 * written without the values that caused them, requests without query, headers and body, and secrets (tokens, cookies,
 * passwords, e-mail addresses) as `[secret]`.
 */
export function createLogger(
  options: { readonly service: string; readonly instance: string; readonly level: string },
  destination: pino.DestinationStream = standardOutput(),
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, instance: options.instance, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }), log: withoutSecrets },
      // These win over those that Fastify brings along: its `req` shows the query.
      serializers: { err: describeError, req: describeRequest, res: describeReply },
      mixin: (_members, _level, logger) => logOrigin(logger),
      hooks: {
        logMethod(input, method) {
          method.apply(this, input.map(scrubText) as typeof input);
        },
      },
    },
    destination,
  );
}

/** A terminal gets lines for people, whatever else reads it gets JSON. */
function standardOutput(): pino.DestinationStream {
  return process.stdout.isTTY ? prettyLines((text) => process.stdout.write(text)) : pino.destination(1);
}

function scrubText(value: unknown): unknown {
  return typeof value === 'string' ? scrub(value) : value;
}

function describeRequest({ method, url }: LoggedRequest): { method?: string; path?: string } {
  return {
    ...(method !== undefined && { method }),
    ...(url !== undefined && { path: url.split('?', 1)[0] }),
  };
}

function describeReply({ statusCode }: LoggedReply): { status?: number } {
  return statusCode === undefined ? {} : { status: statusCode };
}
