import type { User } from '../api/contracts.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether somebody typed the id of a user. */
export function isUserId(text: string): boolean {
  return UUID.test(text.trim());
}

/** Those whose name, e-mail or id contains what was typed; all of them where nothing was. */
export function findPeople(users: readonly User[], text: string): readonly User[] {
  const wanted = text.trim().toLowerCase();
  return users.filter(({ id, email, displayName }) =>
    [id, email, displayName].some((value) => value.toLowerCase().includes(wanted)),
  );
}
