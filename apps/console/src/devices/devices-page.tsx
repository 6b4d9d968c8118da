import { useState } from 'react';
import { plural } from '../format/number.js';
import { Confirm } from '../ui/confirm.js';
import { Page } from '../ui/page.js';
import { Problem } from '../ui/problem.js';
import { ReceiptNotice } from '../ui/receipt-notice.js';
import { Skeleton } from '../ui/skeleton.js';
import { Activity } from './activity.js';
import { DeviceRow } from './device-row.js';
import { EndedList } from './ended-list.js';
import { PasswordCard } from './password-card.js';
import { useDevices, useEndDevices } from './use-devices.js';

/** Where one is signed in, and how to end that. */
export function DevicesPage() {
  const { data, error, refetch } = useDevices();
  const end = useEndDevices();
  const [isAsking, setAsking] = useState(false);
  const others = data?.sessions.filter(({ current }) => !current).length ?? 0;
  const endOthers = (
    <button type="button" className="button danger" disabled={others === 0} onClick={() => setAsking(true)}>
      Sign out everywhere else
    </button>
  );
  return (
    <Page
      title="My devices"
      lead="Where your account is signed in. What you do not know, end."
      actions={endOthers}
    >
      <div className="stack large">
        {end.data && <ReceiptNotice receipt={end.data} onClose={end.reset} />}
        {end.error && <Problem error={end.error} />}
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton rows={3} height={84} />}
        <ul className="cards">
          {data?.sessions.map((device) => (
            <DeviceRow key={device.id} device={device} onEnd={() => end.mutate({ id: device.id })} />
          ))}
        </ul>
        {data && data.ended.length > 0 && <EndedList ended={data.ended} />}
        <Activity />
        <PasswordCard />
      </div>
      {isAsking && (
        <Confirm
          title="Sign out everywhere else?"
          action={`End ${plural(others, 'session')}`}
          onClose={() => setAsking(false)}
          onConfirm={() => end.mutate('others')}
        >
          This browser stays signed in. The others are told why at their next click.
        </Confirm>
      )}
    </Page>
  );
}
