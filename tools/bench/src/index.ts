import { benchNear } from './near/near-bench.js';
import { benchStore } from './store/store-bench.js';

/** What can be measured. */
const BENCHES: Readonly<Record<string, (say: (line: string) => void) => Promise<void>>> = {
  store: benchStore,
  near: benchNear,
};

/** Runs the bench that the command line names; answers the exit code. */
export async function runBench([name = '']: readonly string[], say: (line: string) => void): Promise<number> {
  const bench = BENCHES[name];
  if (bench === undefined) {
    say(`"${name}" is no bench; there is: ${Object.keys(BENCHES).join(', ')}.`);
    return 2;
  }
  await bench(say);
  return 0;
}
