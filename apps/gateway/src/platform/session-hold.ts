import type { SessionManager } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import type { SupervisorLink } from '../worker/supervisor-link.js';
import type { HoldStream } from './event-streams.js';

/** What no event tells (a deadline, an end that was not heard of) is noticed by then. */
const LOOK_EVERY_MS = 5_000;

/** What tells that a session is over. */
export interface SessionHoldParts {
  readonly link: Pick<SupervisorLink, 'onEvent'>;
  /** Where nobody keeps a record: none, and only the deadline counts. */
  readonly manager?: Pick<SessionManager, 'confirm'> | undefined;
}

/** Holds a stream to a session: to its end as auth tells of it, to what is known of it every 5 s, and to its deadline. */
export function holdTo(
  { sessionId, expiresAt }: Pick<ActiveSession, 'sessionId' | 'expiresAt'>,
  { link, manager }: SessionHoldParts,
): HoldStream {
  return (close) => {
    const look = async () => {
      // A store that is away has ended nothing: the bound of `read` is the session's.
      const confirmed = await manager?.confirm({ sessionId }, 'read');
      if ((confirmed && confirmed.found.state !== 'live') || Date.now() >= expiresAt) close();
    };
    const timer = setInterval(() => void look().catch(close), LOOK_EVERY_MS);
    const deafen = link.onEvent(({ type, sessionIds }) => {
      if (type === 'session-revoked' && Array.isArray(sessionIds) && sessionIds.includes(sessionId)) close();
    });
    return () => {
      clearInterval(timer);
      deafen();
    };
  };
}
