import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SessionView } from '../api/contracts.js';
import { Link } from '../router/link.js';
import { addressOf, ROOT } from '../router/routes.js';
import { go } from '../router/use-place.js';
import { isAdmin, isSignedIn, signOut, useMe } from '../session/use-session.js';
import { Icon } from '../ui/icon.js';

/** Who is signed in, and the way out; or the way in. */
export function Who({ session }: { readonly session: SessionView | null | undefined }) {
  const client = useQueryClient();
  const me = useMe(session);
  const leave = useMutation({ mutationFn: () => signOut(client), onSuccess: () => go(ROOT) });
  if (!isSignedIn(session)) {
    return (
      <Link
        to={addressOf('sign-in', { next: location.pathname + location.search })}
        className="button primary"
      >
        Sign in
      </Link>
    );
  }
  return (
    <div className="who">
      <span className="avatar" aria-hidden="true">
        {me?.displayName.slice(0, 1).toUpperCase() ?? '…'}
      </span>
      <span className="who-name">
        <strong>{me?.displayName ?? 'Signed in'}</strong>
        <small className="muted">{isAdmin(session) ? 'Administrator' : me?.email}</small>
      </span>
      <button
        type="button"
        className="button quiet icon-only"
        aria-label="Sign out"
        title="Sign out"
        disabled={leave.isPending}
        onClick={() => leave.mutate()}
      >
        <Icon name="out" />
      </button>
    </div>
  );
}
