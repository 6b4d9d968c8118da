import { ApiProblem } from '../api/problem.js';
import { GivenUp } from '../session/given-up.js';
import { Icon } from './icon.js';

interface ProblemProps {
  readonly error: unknown;
  /** The way out. */
  readonly onRetry?: () => void;
}

/** Says what went wrong, what one can do about it, and by which id the log names it. */
export function Problem({ error, onRetry }: ProblemProps) {
  if (error instanceof GivenUp) return null;
  const facts = error instanceof ApiProblem ? error.facts : undefined;
  return (
    <div role="alert" className="notice bad">
      <Icon name="bad" />
      <div>
        <p>{facts?.detail ?? 'Something went wrong on this page. Loading it again may help.'}</p>
        {facts?.retryAfterSeconds !== undefined && <p>Try again in {facts.retryAfterSeconds} s.</p>}
        {facts && (
          <p className="small muted">
            {facts.code}
            {facts.requestId !== undefined && ` · request ${facts.requestId}`}
          </p>
        )}
      </div>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
