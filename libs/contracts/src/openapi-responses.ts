import { ERRORS, problemDocument, type ErrorCode } from './errors.js';
import type { JsonSchemas } from './json-schemas.js';
import type { OpenApiMediaType, OpenApiReference, OpenApiResponse } from './openapi-document.js';
import { needsSession, routeErrors, type RouteContract } from './route.js';

const PROBLEM_TYPE = 'application/problem+json';
const ON_EVERY_ANSWER = { 'x-request-id': header('x-request-id'), 'x-served-by': header('x-served-by') };
const OF_SESSIONS = { 'x-session-age': header('x-session-age'), 'x-session-data': header('x-session-data') };

/** All answers of a route: those that it declares, and a problem document for each status of its errors. */
export function responsesOf(contract: RouteContract, schemas: JsonSchemas): Record<string, OpenApiResponse> {
  const responses: Record<string, OpenApiResponse> = {};
  for (const [status, { description, schema }] of Object.entries(contract.responses)) {
    responses[status] = {
      description,
      headers: { ...ON_EVERY_ANSWER, ...(needsSession(contract) && OF_SESSIONS) },
      ...(schema && { content: { 'application/json': { schema: schemas.convert(schema, 'output') } } }),
    };
  }
  for (const [status, codes] of byStatus(routeErrors(contract))) {
    const declared = responses[status];
    responses[status] = {
      description: [declared?.description, ...codes.map(inWords)].filter(Boolean).join(' '),
      headers: { ...ON_EVERY_ANSWER, ...declared?.headers, ...headersOf(status) },
      content: { ...declared?.content, [PROBLEM_TYPE]: problemOf(codes) },
    };
  }
  return responses;
}

function byStatus(codes: readonly ErrorCode[]): ReadonlyMap<number, readonly ErrorCode[]> {
  const groups = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return groups;
}

const inWords = (code: ErrorCode) => `\`${code}\`: ${ERRORS[code].title}. ${ERRORS[code].remedy}`;

function problemOf(codes: readonly ErrorCode[]): OpenApiMediaType {
  return {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
  };
}

/** One example of a problem document for each code: `components.examples`. */
export function problemExamples(): Record<string, unknown> {
  const examples = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
    const { title, remedy } = ERRORS[code];
    return [code, { summary: title, value: problemDocument(code, remedy, 'b7d0f3c2-1') }] as const;
  });
  return Object.fromEntries(examples);
}

/** Headers of answers: `components.headers`. */
export const RESPONSE_HEADERS = {
  'x-request-id': textHeader('Names this request in every log; the one that was sent, if it was valid.'),
  'x-served-by': textHeader('Id of the instance that answered.'),
  'x-session-age': {
    description:
      'How long ago the session was last confirmed, in milliseconds, where that is over 1,000: the session store is away.',
    schema: { type: 'integer', minimum: 1_001 },
  },
  'x-session-data': textHeader(
    'With the strategy `token`, where this has changed the data of the session: send it along from now on.',
  ),
  'www-authenticate': textHeader('How to authenticate (RFC 6750).'),
  'retry-after': { description: 'Seconds to wait before a repeat.', schema: { type: 'integer', minimum: 0 } },
};

function textHeader(description: string) {
  return { description, schema: { type: 'string' } };
}

function header(name: string): OpenApiReference {
  return { $ref: `#/components/headers/${name}` };
}

function headersOf(status: number): Record<string, OpenApiReference> {
  if (status === 401) return { 'www-authenticate': header('www-authenticate') };
  if (status === 429 || status === 503) return { 'retry-after': header('retry-after') };
  return {};
}
