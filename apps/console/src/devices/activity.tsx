import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call.js';
import type { ActivityPageAnswer } from '../audit/contracts.js';
import { eventWords } from '../audit/words.js';
import { deviceName, placeName } from '../format/device.js';
import { Ago } from '../ui/ago.js';
import { Badge } from '../ui/badge.js';

/** What happened to one's account. Where the platform keeps no trail there is nothing to show. */
export function Activity() {
  const { data } = useQuery({
    queryKey: ['activity'],
    queryFn: ({ signal }) => call<ActivityPageAnswer>('GET', '/auth/activity?limit=10', { signal }),
  });
  if (!data || data.events.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      <ul className="lines">
        {data.events.map((event) => (
          <li key={event.id} className="row spread">
            <span>
              {eventWords(event)} {event.outcome === 'failure' && <Badge tone="warn">refused</Badge>}{' '}
              {event.byAdministrator && <Badge tone="warn">by an administrator</Badge>}{' '}
              <span className="muted small">
                {event.userAgent !== undefined && deviceName(event.userAgent).name}{' '}
                {event.ip !== undefined && placeName(event.ip)}
              </span>
            </span>
            <span className="muted small">
              <Ago at={event.occurredAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
