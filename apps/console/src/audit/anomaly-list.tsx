import { Link } from '../router/link.js';
import { addressOf } from '../router/routes.js';
import { Ago } from '../ui/ago.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Empty } from '../ui/empty.js';
import { Facts } from '../ui/facts.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import type { Anomaly } from './contracts.js';
import { useAnomalies } from './use-trail.js';
import { DETECTOR_WORDS } from './words.js';

const TONES: Readonly<Record<Anomaly['severity'], Tone>> = { low: 'plain', medium: 'warn', high: 'bad' };
const ACTIONS: Readonly<Record<Anomaly['action'], string>> = {
  notify: 'somebody was told',
  'step-up': 'the session must step up',
  end: 'the session was ended',
};

/** What the detectors found. */
export function AnomalyList() {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useAnomalies();
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} height={96} />;
  const anomalies = data.pages.flatMap((page) => page.anomalies);
  if (anomalies.length === 0) return <Empty icon="ok" title="Nothing looks wrong" />;
  return (
    <div className="stack">
      <ul className="cards">
        {anomalies.map((anomaly) => (
          <AnomalyCard key={anomaly.id} anomaly={anomaly} />
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          Look further back
        </button>
      )}
    </div>
  );
}

function AnomalyCard({ anomaly }: { readonly anomaly: Anomaly }) {
  const { detector, severity, action, foundAt, userId, sessionId, ip, evidence } = anomaly;
  return (
    <li className="card stack">
      <div className="row spread wrap">
        <h2>{DETECTOR_WORDS[detector]}</h2>
        <span className="row">
          <Badge tone={TONES[severity]}>{severity}</Badge>
          <span className="muted small">
            <Ago at={foundAt} />
          </span>
        </span>
      </div>
      <Facts
        facts={{
          'What followed': ACTIONS[action],
          User: userId && <Link to={addressOf('sessions', { user: userId })}>{userId}</Link>,
          Session: sessionId && <Link to={addressOf('audit', { sessionId })}>{sessionId}</Link>,
          Address: ip,
          ...evidence,
        }}
      />
    </li>
  );
}
