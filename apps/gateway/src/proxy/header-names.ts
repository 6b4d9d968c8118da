/** Spellings that are remembered, and how long they may be: what clients make up must not fill the memory. */
const CAPACITY = 1_000;
const LONGEST_NAME = 64;

/**
 * What `judge` says of header names, asked once for each of the usual ones: messages have the same few dozen names in the
 * same spellings, and need not be looked at anew each time.
 *
 * @param judge - gets the name in lower case; must say the same each time
 */
export function judgedByName<T>(judge: (name: string) => T): (rawName: string) => T {
  const known = new Map<string, T>();
  return (rawName) => {
    const found = known.get(rawName);
    if (found !== undefined) return found;
    const judged = judge(rawName.toLowerCase());
    if (known.size < CAPACITY && rawName.length <= LONGEST_NAME) known.set(rawName, judged);
    return judged;
  };
}
