/**
 * Ends a tool as its command line ends: carries the call out, 0 if it says that all held, else 1; 2 and the sentence
 * where the command line could not be read.
 */
export async function runCall<C extends object>(
  call: C | string,
  run: (call: C) => Promise<boolean>,
): Promise<void> {
  if (typeof call === 'string') {
    process.stderr.write(`${call}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    process.exitCode = (await run(call)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`The run broke off: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
