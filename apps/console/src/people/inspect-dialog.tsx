import type { Device, SessionView } from '../api/contracts.js';
import { deviceName } from '../format/device.js';
import { dateTime } from '../format/time.js';
import { useSession } from '../session/use-session.js';
import { Ago } from '../ui/ago.js';
import { Dialog } from '../ui/dialog.js';
import { Facts } from '../ui/facts.js';

interface InspectDialogProps {
  readonly device: Device;
  readonly userId: string;
  readonly onClose: () => void;
}

/** The record of one session. Of one's own it also shows what services are told by the token in its place. */
export function InspectDialog({ device, userId, onClose }: InspectDialogProps) {
  const { data: own } = useSession();
  const moment = (at: string) => (
    <>
      {dateTime(at)} (<Ago at={at} />)
    </>
  );
  return (
    <Dialog title={deviceName(device.userAgent).name} onClose={onClose} wide>
      <div className="stack">
        <Facts
          facts={{
            Session: <code>{device.id}</code>,
            User: <code>{userId}</code>,
            Address: device.ip,
            Client: device.userAgent,
            'Signed in': moment(device.createdAt),
            'Last seen': moment(device.lastSeenAt),
            'Ends at the latest': moment(device.expiresAt),
          }}
        />
        {own?.id === device.id ? (
          <OwnSession session={own} />
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

const LEVELS = ['guest', 'password', 'second factor, or stepped up'];

function OwnSession({ session: { acr, roles, idleExpiresAt, data } }: { readonly session: SessionView }) {
  return (
    <>
      <h3>What services are told of it</h3>
      <Facts
        facts={{
          Level: `${acr} (${LEVELS[acr] ?? 'unknown'})`,
          Roles: roles.join(', '),
          'Ends if idle until': idleExpiresAt && dateTime(idleExpiresAt),
        }}
      />
      <h3>Its data, by namespace</h3>
      <pre className="code">{JSON.stringify(data, null, 2)}</pre>
    </>
  );
}
