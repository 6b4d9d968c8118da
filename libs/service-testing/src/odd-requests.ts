import { ERRORS, type ErrorCode, type RouteContract } from '@holdfast/contracts';
import fc from 'fast-check';
import type { Answer, Call } from './test-client.js';

// A way in of its own: texts of any characters take fast-check a second to prepare, which the specs that send no odd
// requests, nearly all, would pay for as well.

/** A request that no honest client sends, to a route that is there. */
export interface OddRequest {
  /** Path and query. */
  readonly target: string;
  readonly call: Call;
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.uuid(), fc.base64String());
const member = fc.oneof(text, fc.jsonValue(), fc.double(), fc.constantFrom(0, 1, -99, 100, 2 ** 53, null));
const segment = fc.oneof(
  text.map(encodeURIComponent),
  fc.constantFrom('%', '%00', '%ff', '..', '%2f', '_', 'a'.repeat(300)),
);
const query = fc.dictionary(
  fc.oneof(fc.constantFrom('limit', 'cursor', 'userId'), text),
  fc.oneof(text, fc.constantFrom('0', '1', '101', '0x10', '1e1', '+5', 'A'.repeat(22))),
  { maxKeys: 3 },
);
/** All that `fetch` sends: Latin 1 without line ends. */
const headerValue = fc.oneof(
  fc.stringMatching(/^[\x20-\x7e]{0,70}$/),
  fc.stringMatching(/^[\x20-\x7e\xa0-\xff]{0,8}$/),
);

/** Odd requests to a route: nearly right bodies by its examples, and what is not right at all. */
export function oddRequests({ method, path, body, headers }: RouteContract): fc.Arbitrary<OddRequest> {
  const examples = (body?.schema.meta()?.['examples'] ?? []) as object[];
  const sent = fc.oneof(text, fc.json(), ...examples.map(nearly));
  const names = Object.keys(((headers as { shape?: object } | undefined) ?? {}).shape ?? {});
  return fc
    .record({ sent, query, segments: fc.array(segment, { minLength: 4, maxLength: 4 }), headerValue })
    .map((odd) => {
      let next = 0;
      const filled = path.replaceAll(/:\w+/g, () => odd.segments[next++] ?? '');
      const sends = Object.fromEntries(names.map((name) => [name, odd.headerValue]));
      return {
        target: `${filled}?${new URLSearchParams(odd.query).toString()}`,
        call: { headers: sends, ...(method !== 'GET' && { body: odd.sent }) },
      };
    });
}

/** The example with some of its members replaced, as JSON. */
function nearly(example: object): fc.Arbitrary<string> {
  const members = Object.keys(example).map((name) => [name, fc.option(member)]);
  return fc
    .record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>)
    .map((replaced) => JSON.stringify({ ...example, ...replaced }));
}

/** What is wrong with an answer; `undefined` of one that the contract names, and of a refusal in its form. */
export function faultIn(answer: Answer, { responses }: RouteContract): string | undefined {
  const { status, headers, body } = answer;
  if (status in responses) return undefined;
  if (status < 400 || status >= 500) return `answers ${status}: ${answer.text}`;
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') === true;
  const code = body['code'] as ErrorCode;
  return isProblem && ERRORS[code]?.status === status ? undefined : `is no problem document: ${answer.text}`;
}
