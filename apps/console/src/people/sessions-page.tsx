import { addressOf } from '../router/routes.js';
import { go } from '../router/use-place.js';
import { Empty } from '../ui/empty.js';
import { Page } from '../ui/page.js';
import { PeopleList } from './people-list.js';
import { PersonSessions } from './person-sessions.js';

/** Anybody's sessions: find a person, look, end. */
export function SessionsPage({ userId }: { readonly userId: string | undefined }) {
  const choose = (id: string) => go(addressOf('sessions', { user: id }));
  return (
    <Page title="Sessions" lead="Find a person, see where they are signed in, end what should not be.">
      <div className={userId === undefined ? 'split' : 'split chosen'}>
        <PeopleList chosen={userId} onChoose={choose} />
        {userId === undefined ? (
          <div className="split-detail">
            <Empty icon="person" title="Nobody chosen">
              Choose somebody on the list, or paste the id of a user.
            </Empty>
          </div>
        ) : (
          <PersonSessions key={userId} userId={userId} />
        )}
      </div>
    </Page>
  );
}
