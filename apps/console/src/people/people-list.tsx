import { useState } from 'react';
import type { User } from '../api/contracts.js';
import { plural } from '../format/number.js';
import { Empty } from '../ui/empty.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import { findPeople, isUserId } from './find-people.js';
import { usePeople } from './use-people.js';

const SHOWN = 50;

interface PeopleListProps {
  readonly chosen: string | undefined;
  readonly onChoose: (userId: string) => void;
}

/** Everybody, narrowed by what is typed: a part of a name or an e-mail, or an id. */
export function PeopleList({ chosen, onChoose }: PeopleListProps) {
  const [text, setText] = useState('');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = usePeople();
  const loaded = data?.pages.flatMap(({ users }) => users) ?? [];
  const found = findPeople(loaded, text);
  const search = (typed: string) => {
    setText(typed);
    if (isUserId(typed)) onChoose(typed.trim().toLowerCase());
  };
  return (
    <section className="split-list stack" aria-label="People">
      <input
        type="search"
        aria-label="Name, e-mail or id"
        placeholder="Name, e-mail or id"
        value={text}
        onChange={(event) => search(event.target.value)}
      />
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={6} height={52} />}
      {data && found.length === 0 && (
        <Empty icon="person" title={`Nobody of ${plural(loaded.length, 'person', 'people')} matches`} />
      )}
      <ul className="people">
        {found.slice(0, SHOWN).map((user) => (
          <PersonRow key={user.id} user={user} isChosen={user.id === chosen} onChoose={onChoose} />
        ))}
      </ul>
      {found.length > SHOWN && (
        <p className="muted small">{found.length - SHOWN} more match: type more of the name.</p>
      )}
      {hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          Look further back
        </button>
      )}
    </section>
  );
}

interface PersonRowProps {
  readonly user: User;
  readonly isChosen: boolean;
  readonly onChoose: (userId: string) => void;
}

function PersonRow({ user: { id, displayName, email }, isChosen, onChoose }: PersonRowProps) {
  return (
    <li>
      <button type="button" className="person" aria-pressed={isChosen} onClick={() => onChoose(id)}>
        <span className="avatar" aria-hidden="true">
          {displayName.slice(0, 1).toUpperCase()}
        </span>
        <span className="person-text">
          <strong>{displayName}</strong>
          <small className="muted">{email}</small>
        </span>
      </button>
    </li>
  );
}
