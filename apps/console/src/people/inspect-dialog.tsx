import type { ReactNode } from 'react';
import type { InspectedSession, InspectedSessionList } from '../api/contracts.js';
import { deviceName } from '../format/device.js';
import { dateTime } from '../format/time.js';
import { useSession } from '../session/use-session.js';
import { Ago } from '../ui/ago.js';
import { Dialog } from '../ui/dialog.js';
import { Facts } from '../ui/facts.js';
import { claimFacts, generationWords, levelWords } from './inspection.js';

interface InspectDialogProps {
  readonly session: InspectedSession;
  readonly strategy: InspectedSessionList['strategy'];
  readonly onClose: () => void;
}

/** One session: what its tokens say, its record and its generations. Of one's own it also shows the data. */
export function InspectDialog({ session, strategy, onClose }: InspectDialogProps) {
  const { data: own } = useSession();
  return (
    <Dialog title={deviceName(session.userAgent).name} onClose={onClose} wide>
      <div className="stack">
        <h3>Record</h3>
        <Record session={session} strategy={strategy} />
        <h3>Claims of its access tokens</h3>
        <Facts facts={claimFacts(session.claims)} />
        <h3>Generations</h3>
        <Facts
          facts={{
            'Refresh token': generationWords(session),
            Record: `version ${session.version}`,
            'Roles of the account': `version ${session.rolesVersion}`,
            'Epoch of the user': `${session.epoch} at the begin: an end of all raises it`,
          }}
        />
        {own?.id === session.id ? (
          <>
            <h3>Its data, by namespace</h3>
            <pre className="code">{JSON.stringify(own.data, null, 2)}</pre>
          </>
        ) : (
          <p className="muted small">
            The id names this session and opens nothing. Its tokens and its data are not for administrators to
            see.
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Record({ session, strategy }: Pick<InspectDialogProps, 'session' | 'strategy'>) {
  return (
    <Facts
      facts={{
        Session: <code>{session.id}</code>,
        Strategy: strategy,
        'Opened by': session.transport === 'cookie' ? 'a cookie' : 'a bearer token',
        Level: levelWords(session.acr),
        Roles: session.roles.join(', '),
        Address: session.ip,
        Client: session.userAgent,
        'Signed in': moment(session.createdAt),
        'Proved who it is': moment(session.authTimeAt),
        'Stepped up': session.steppedUpAt && moment(session.steppedUpAt),
        'Last seen': moment(session.lastSeenAt),
        'Ends if idle until': moment(session.idleExpiresAt),
        'Ends at the latest': moment(session.expiresAt),
      }}
    />
  );
}

function moment(at: string): ReactNode {
  return (
    <>
      {dateTime(at)} (<Ago at={at} />)
    </>
  );
}
