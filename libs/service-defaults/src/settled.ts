/** Waits for a step to end, well or badly, but no longer than `withinMs`. The step itself goes on. */
export async function settled(step: Promise<unknown>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs);
  });
  const ended = step.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, timeout]);
  clearTimeout(timer);
}
