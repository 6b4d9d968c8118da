import { useState } from 'react';
import type { Account } from '../api/contracts.js';
import { plural } from '../format/number.js';
import { dateTime } from '../format/time.js';
import { Badge } from '../ui/badge.js';
import { Confirm } from '../ui/confirm.js';
import { Problem } from '../ui/problem.js';
import { ReceiptNotice } from '../ui/receipt-notice.js';
import { Skeleton } from '../ui/skeleton.js';
import { usePerson, useSetDisabled } from './use-people.js';

interface PersonCardProps {
  readonly userId: string;
  readonly liveSessions: number;
  readonly onEndAll: () => void;
}

/** Who it is, and what can be done to all of their sessions at once. */
export function PersonCard({ userId, liveSessions, onEndAll }: PersonCardProps) {
  const { data, error, refetch } = usePerson(userId);
  const setDisabled = useSetDisabled(userId);
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={1} height={112} />;
  const { user, account } = data;
  const isDisabled = account.disabledAt !== null;
  const receipt = setDisabled.data && 'revoked' in setDisabled.data ? setDisabled.data : undefined;
  return (
    <div className="card stack">
      <div className="row spread wrap">
        <div>
          <h2>{user.displayName}</h2>
          <p className="muted">{user.email}</p>
        </div>
        <div className="row">
          <button
            type="button"
            className="button"
            disabled={setDisabled.isPending}
            onClick={() => setDisabled.mutate(!isDisabled)}
          >
            {isDisabled ? 'Enable account' : 'Disable account'}
          </button>
          <EndAll name={user.displayName} count={liveSessions} onEndAll={onEndAll} />
        </div>
      </div>
      <AccountBadges account={account} />
      {receipt && <ReceiptNotice receipt={receipt} onClose={setDisabled.reset} />}
      {setDisabled.error && <Problem error={setDisabled.error} />}
    </div>
  );
}

function AccountBadges({
  account: { roles, secondFactor, disabledAt, createdAt },
}: {
  readonly account: Account;
}) {
  return (
    <div className="row wrap">
      {roles.map((role) => (
        <Badge key={role} tone={role === 'admin' ? 'accent' : 'plain'}>
          {role}
        </Badge>
      ))}
      <Badge tone={secondFactor ? 'ok' : 'plain'}>{secondFactor ? 'second factor' : 'password only'}</Badge>
      {disabledAt !== null && <Badge tone="bad">disabled</Badge>}
      <span className="muted small">since {dateTime(createdAt)}</span>
    </div>
  );
}

interface EndAllProps {
  readonly name: string;
  readonly count: number;
  readonly onEndAll: () => void;
}

function EndAll({ name, count, onEndAll }: EndAllProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className="button danger" disabled={count === 0} onClick={() => setAsking(true)}>
        End all
      </button>
      {isAsking && (
        <Confirm
          title={`End all sessions of ${name}?`}
          action={`End ${plural(count, 'session')}`}
          onClose={() => setAsking(false)}
          onConfirm={onEndAll}
        >
          They are signed out everywhere, and told why at their next click.
        </Confirm>
      )}
    </>
  );
}
