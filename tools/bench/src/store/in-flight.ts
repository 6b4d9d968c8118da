/** Runs `count` operations, so many at a time; answers what each gave, in order. */
export async function inFlight<T>(
  count: number,
  atATime: number,
  operation: (n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) results[n] = await operation(n);
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return results;
}
