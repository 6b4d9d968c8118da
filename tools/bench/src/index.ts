import { benchGateway } from './gateway/gateway-bench.js';
import { benchNear } from './near/near-bench.js';
import { benchOverload } from './overload/overload-bench.js';
import { benchReceipts } from './receipts/receipts-bench.js';
import { benchSession } from './session/session-bench.js';
import { benchStore } from './store/store-bench.js';

type Say = (line: string) => void;

/** What can be measured; each answers the exit code. */
const BENCHES: Readonly<Record<string, (say: Say, argv: readonly string[]) => Promise<number>>> = {
  session: benchSession,
  gateway: benchGateway,
  near: async (say) => {
    await benchNear(say);
    return 0;
  },
  overload: async (say) => {
    await benchOverload(say);
    return 0;
  },
  receipts: async (say) => {
    await benchReceipts(say);
    return 0;
  },
  store: async (say) => {
    await benchStore(say);
    return 0;
  },
};

/** Runs the bench that the command line names; answers the exit code. */
export async function runBench([name = '', ...argv]: readonly string[], say: Say): Promise<number> {
  const bench = BENCHES[name];
  if (bench === undefined) {
    say(`"${name}" is no bench; there is: ${Object.keys(BENCHES).join(', ')}.`);
    return 2;
  }
  return bench(say, argv);
}
