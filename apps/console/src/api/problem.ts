import type { EndedBecause, ProblemCode } from './contracts.js';

/** What an error answer says (RFC 9457), as far as it came. */
export interface ProblemFacts {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly requestId?: string | undefined;
  readonly endedBecause?: EndedBecause | undefined;
  readonly endedAt?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** The platform said no, or nobody answered (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly facts: ProblemFacts) {
    super(facts.detail);
  }

  get code(): ProblemCode {
    return this.facts.code;
  }

  /** Whether the same request may well succeed in a moment: nothing is wrong with it. */
  get isPassing(): boolean {
    return [0, 502, 503, 504].includes(this.facts.status);
  }
}

/** The code of a failure; `undefined` where it is none of the platform's. */
export function codeOf(error: unknown): ProblemCode | undefined {
  return error instanceof ApiProblem ? error.code : undefined;
}

/** Reads an error answer. What is no problem document (a proxy's page) still says its status. */
export function problemOf(status: number, text: string, retryAfter: string | null): ApiProblem {
  const facts = documentOf(text);
  const seconds = Number(retryAfter ?? Number.NaN);
  return new ApiProblem({
    code: 'ERR_INTERNAL',
    detail: `The platform answered ${status}.`,
    ...facts,
    status,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
  });
}

function documentOf(text: string): Partial<ProblemFacts> {
  try {
    const document = JSON.parse(text) as Partial<ProblemFacts> | null;
    return typeof document?.code === 'string' ? document : {};
  } catch {
    return {};
  }
}
