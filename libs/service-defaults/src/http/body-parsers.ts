import { CodedError } from '@holdfast/contracts';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Media type of an HTML form. */
export const FORM = 'application/x-www-form-urlencoded';
/** Largest body of a service: parsing 1 MiB of nested JSON held the event loop for half a second. */
export const BODY_LIMIT_BYTES = 65_536;
/** Parameters that a form has at most, counted before any is decoded: 64 KiB of empty ones cost nothing. */
const PARAMETER_LIMIT = 32;

/**
 * Parses JSON everywhere and forms where the contract names them: browsers send forms to other sites without asking.
 * Zero bytes are no body, whatever type they are said to have. A body that is encoded is refused: nothing here decodes.
 */
export function useBodyParsers(adapter: FastifyAdapter): void {
  const parseJson = adapter.getInstance<FastifyInstance>().getDefaultJsonParser('error', 'error');
  const limit = { bodyLimit: BODY_LIMIT_BYTES };
  adapter.useBodyParser('application/json', false, limit, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    refuseEncoded(request);
    void parseJson(request, body.toString(), done);
  });
  adapter.useBodyParser(FORM, false, limit, (request, body, done) => {
    const { is404, routeOptions } = request;
    refuseEncoded(request);
    const takesForms = routeOptions.config.contract?.body?.type === FORM;
    if (!takesForms && !is404) throw new CodedError('ERR_MEDIA_TYPE', 'This route does not take forms.');
    done(null, takesForms ? parseForm(body.toString()) : undefined);
  });
}

/** RFC 9110 8.4: whoever stands before us may have read another body than the bytes say. */
function refuseEncoded({ headers, is404 }: FastifyRequest): void {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() === 'identity' || is404) return;
  throw new CodedError('ERR_MEDIA_TYPE', 'Send the body without a Content-Encoding.');
}

/** A parameter that comes more than once is a list. */
function parseForm(text: string): Record<string, string | string[]> {
  if (text.split('&', PARAMETER_LIMIT + 1).length > PARAMETER_LIMIT) {
    throw new CodedError('ERR_VALIDATION', `A form has at most ${PARAMETER_LIMIT} parameters.`);
  }
  const form = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === '__proto__') throw new CodedError('ERR_VALIDATION', 'A parameter has a forbidden name.');
    const before = form.get(name);
    form.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(form);
}
