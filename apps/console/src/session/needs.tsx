import { useEffect, type ReactNode } from 'react';
import { addressOf } from '../router/routes.js';
import { go } from '../router/use-place.js';
import { Empty } from '../ui/empty.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import { isAdmin, isSignedIn, useSession } from './use-session.js';

interface NeedsProps {
  readonly who: 'user' | 'admin';
  readonly children: ReactNode;
}

/** Shows a page to those whom it is for; others are sent to sign in, or told what is missing. */
export function Needs({ who, children }: NeedsProps) {
  const { data: session, error, isPending, refetch } = useSession();
  const isOut = !isPending && !error && !isSignedIn(session);
  useEffect(() => {
    if (isOut) go(addressOf('sign-in', { next: location.pathname + location.search }), 'replace');
  }, [isOut]);
  if (error && !session) return <Problem error={error} onRetry={() => void refetch()} />;
  if (isPending || isOut) return <Skeleton />;
  if (who === 'admin' && !isAdmin(session)) {
    return (
      <Empty icon="key" title="This page is for administrators">
        Sign in with an account that has the role <code>admin</code>. The one that <code>npm start</code> made
        is in <code>.holdfast/run.json</code>.
      </Empty>
    );
  }
  return children;
}
