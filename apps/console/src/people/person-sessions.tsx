import { useState } from 'react';
import type { InspectedSession } from '../api/contracts.js';
import { DeviceRow } from '../devices/device-row.js';
import { EndedList } from '../devices/ended-list.js';
import { duration } from '../format/time.js';
import { Link } from '../router/link.js';
import { addressOf } from '../router/routes.js';
import { Empty } from '../ui/empty.js';
import { Problem } from '../ui/problem.js';
import { ReceiptNotice } from '../ui/receipt-notice.js';
import { Skeleton } from '../ui/skeleton.js';
import { InspectDialog } from './inspect-dialog.js';
import { PersonCard } from './person-card.js';
import { useEndSessions, useSessionsOf } from './use-people.js';

/** The sessions of one person. */
export function PersonSessions({ userId }: { readonly userId: string }) {
  const { data, error, refetch } = useSessionsOf(userId);
  const end = useEndSessions(userId);
  const [inspected, setInspected] = useState<InspectedSession>();
  const sessions = data?.body.sessions ?? [];
  return (
    <section className="split-detail stack" aria-label="Sessions of this person">
      <Link to={addressOf('sessions')} className="back">
        All people
      </Link>
      <PersonCard
        userId={userId}
        liveSessions={sessions.length}
        onEndAll={() => end.mutate(sessions.map(({ id }) => id))}
      />
      {end.data && <ReceiptNotice receipt={end.data} onClose={end.reset} />}
      {end.error && <Problem error={end.error} />}
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={2} height={84} />}
      {data && sessions.length === 0 && <Empty icon="sessions" title="Signed in nowhere" />}
      <ul className="cards">
        {sessions.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            onEnd={() => end.mutate([device.id])}
            actions={
              <button type="button" className="button quiet" onClick={() => setInspected(device)}>
                Inspect
              </button>
            }
          />
        ))}
      </ul>
      {data && data.body.ended.length > 0 && <EndedList ended={data.body.ended} />}
      {data && (
        <p className="muted small">
          Served by {data.answer.servedBy} through {data.answer.gateway} in {duration(data.answer.tookMs)}.
        </p>
      )}
      {inspected && data && (
        <InspectDialog
          session={inspected}
          strategy={data.body.strategy}
          onClose={() => setInspected(undefined)}
        />
      )}
    </section>
  );
}
