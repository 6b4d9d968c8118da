import type { SessionView } from '../api/contracts.js';
import { Link } from '../router/link.js';
import { addressOf, type PageName } from '../router/routes.js';
import { isAdmin, isSignedIn } from '../session/use-session.js';
import { Icon, type IconName } from '../ui/icon.js';

interface Entry {
  readonly page: PageName & IconName;
  readonly name: string;
}

const YOURS: readonly Entry[] = [
  { page: 'shop', name: 'Shop' },
  { page: 'devices', name: 'My devices' },
];
const PLATFORM: readonly Entry[] = [
  { page: 'sessions', name: 'Sessions' },
  { page: 'topology', name: 'Topology' },
  { page: 'failover', name: 'Failover' },
  { page: 'audit', name: 'Audit' },
];

interface NavProps {
  readonly current: string;
  readonly session: SessionView | null | undefined;
  readonly onGo?: () => void;
}

/** Where one can go: what is for everybody, and what is for administrators. */
export function Nav({ current, session, onGo }: NavProps) {
  const yours = isSignedIn(session) ? YOURS : YOURS.slice(0, 1);
  return (
    <nav aria-label="Pages">
      <Group name="Yours" entries={yours} current={current} onGo={onGo} />
      {isAdmin(session) && <Group name="Platform" entries={PLATFORM} current={current} onGo={onGo} />}
    </nav>
  );
}

interface GroupProps {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly current: string;
  readonly onGo: (() => void) | undefined;
}

function Group({ name, entries, current, onGo }: GroupProps) {
  return (
    <>
      <p className="nav-group">{name}</p>
      <ul>
        {entries.map((entry) => (
          <li key={entry.page}>
            <Link to={addressOf(entry.page)} current={entry.page === current} onGo={onGo}>
              <Icon name={entry.page} />
              {entry.name}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
