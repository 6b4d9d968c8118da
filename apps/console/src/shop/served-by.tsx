import { answers, type SeenAnswer } from '../api/answers.js';
import type { SessionView } from '../api/contracts.js';
import { useStore } from '../api/use-store.js';
import { shortId } from '../format/number.js';
import { duration } from '../format/time.js';
import { isSignedIn } from '../session/use-session.js';

const SHOWN = 6;

/** Which processes answered this tab last: any of them may, whatever the session. */
export function ServedBy({ session }: { readonly session: SessionView | null | undefined }) {
  const latest = useStore(answers).slice(-SHOWN).reverse();
  return (
    <section className="card stack" aria-labelledby="served">
      <div className="row spread">
        <h2 id="served">Answered by</h2>
        <span className="muted small" title={session?.id}>
          {session ? `${isSignedIn(session) ? 'session' : 'guest'} ${shortId(session.id)}` : 'no session yet'}
        </span>
      </div>
      <ol className="answers">
        {latest.map((answer) => (
          <AnswerRow key={answer.number} answer={answer} />
        ))}
      </ol>
    </section>
  );
}

function AnswerRow({
  answer: { method, path, status, servedBy, retries, tookMs },
}: {
  readonly answer: SeenAnswer;
}) {
  const isGood = status > 0 && status < 500;
  return (
    <li>
      <span className={`dot ${isGood ? 'ok' : 'bad'}`} aria-hidden="true" />
      <strong>{servedBy ?? 'nobody'}</strong>
      <span className="muted answer-path">
        {method} {path.replace(/\?.*/, '')}
      </span>
      <span className="num muted">
        {retries > 0 && <span className="badge warn">{`${retries} retried`}</span>}{' '}
        {isGood ? duration(tookMs) : status}
      </span>
    </li>
  );
}
