/** Whether somebody is here without an account. What counts is what the record says: no token makes a guest a user. */
export function isGuest({ record }: { readonly record: { readonly roles: readonly string[] } }): boolean {
  return record.roles.includes('guest');
}
