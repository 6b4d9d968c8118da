import { deviceName } from '../format/device.js';
import { shortId } from '../format/number.js';
import { clock, dateTime } from '../format/time.js';
import { Badge } from '../ui/badge.js';
import { Copyable } from '../ui/copyable.js';
import { Empty } from '../ui/empty.js';
import { Facts } from '../ui/facts.js';
import { MoreButton } from '../ui/more-button.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import type { AuditEvent } from './contracts.js';
import type { Filters } from './filters.js';
import { useTrail } from './use-trail.js';
import { eventWords } from './words.js';

/** The events of the trail that match. */
export function Trail({ filters }: { readonly filters: Filters }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTrail(filters);
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={8} height={44} />;
  const events = data.pages.flatMap((page) => page.events);
  if (events.length === 0) {
    return (
      <Empty icon="audit" title="Nothing of the kind has happened">
        Ask for less to see more.
      </Empty>
    );
  }
  return (
    <>
      <ul className="card trail">
        {events.map((event) => (
          <TrailRow key={event.id} event={event} />
        ))}
      </ul>
      <MoreButton {...{ hasNextPage, isFetchingNextPage, fetchNextPage }} />
    </>
  );
}

function TrailRow({ event }: { readonly event: AuditEvent }) {
  const { occurredAt, outcome, userId, ip, chain } = event;
  return (
    <li>
      <details>
        <summary>
          <time className="num muted small" dateTime={occurredAt} title={dateTime(occurredAt)}>
            {clock(Date.parse(occurredAt))}
          </time>
          <span className="trail-words">
            {eventWords(event)} {outcome === 'failure' && <Badge tone="warn">refused</Badge>}
          </span>
          <span className="muted small trail-who">{userId === undefined ? ip : shortId(userId)}</span>
          <Badge tone={chain === 'security' ? 'accent' : 'plain'}>{chain}</Badge>
        </summary>
        <EventFacts event={event} />
      </details>
    </li>
  );
}

function EventFacts({ event }: { readonly event: AuditEvent }) {
  const id = (value: string | undefined) => value && <code>{value}</code>;
  return (
    <Facts
      facts={{
        Place: `${event.chain} ${event.sequence}`,
        Happened: dateTime(event.occurredAt),
        Recorded: dateTime(event.recordedAt),
        User: id(event.userId),
        'Done by': id(event.actorId),
        Session: id(event.sessionId),
        Trace: event.traceId && <Trace id={event.traceId} url={event.traceUrl} />,
        Request: id(event.requestId),
        Address: event.ip,
        Client: event.userAgent && `${deviceName(event.userAgent).name}: ${event.userAgent}`,
        Particulars: event.detail && <pre className="code">{JSON.stringify(event.detail, null, 2)}</pre>,
      }}
    />
  );
}

/** Leads to where the trace is shown, if the platform knows; if not, the id is for the clipboard. */
function Trace({ id, url }: { readonly id: string; readonly url: string | undefined }) {
  if (url === undefined) return <Copyable text={id} />;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      <code>{id}</code>
    </a>
  );
}
