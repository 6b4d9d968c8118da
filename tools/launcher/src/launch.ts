import { migrateDatabase } from '@holdfast/postgres';
import { diskFailure, openHome, type Home } from './home.js';
import { Fleet, type FleetParts, type FleetPrograms } from './fleet.js';
import { announceStop, awaitHome, endLeftovers, releaseLock, takeLock } from './launch-lock.js';
import { choosePorts, rememberedPorts, requireFree, storeIds } from './ports.js';
import { recallElection } from './redis-fleet.js';
import { findRedis } from './redis-program.js';
import { loadSecrets } from './secrets.js';
import type { Settings } from './settings.js';

/** Where the launcher tells what it does. */
export interface Voice {
  say(line: string): void;
  done(what: string, detail: string): void;
}

/** A platform that is being started or runs. */
export interface Launch {
  readonly home: Home;
  readonly fleet: Fleet;
  /** Ends everything in order and gives the home free. */
  stop(): Promise<void>;
}

/** The apps of this repository. */
export function repositoryPrograms(root: string): FleetPrograms {
  return { root, migrate: migrateDatabase };
}

/** Takes the home and prepares a fleet in it; `fleet.start()` then starts it. Throws one sentence for what the reader can mend. */
export async function prepareLaunch(
  settings: Settings,
  programs: FleetPrograms,
  voice: Voice,
): Promise<Launch> {
  const home = openHome(settings.home);
  await awaitHome(
    home,
    'use it, stop it with Ctrl+C there, or set HOLDFAST_HOME and GATEWAY_PORT for a second one.',
    voice.say,
  );
  try {
    await endLeftovers(home, voice.say);
    await requireFree(settings.gatewayPort, 'GATEWAY_PORT');
    takeLock(home, `http://127.0.0.1:${settings.gatewayPort}`);
  } catch (error) {
    throw diskFailure(error, home.path);
  }
  try {
    const fleet = new Fleet(await gatherParts(settings, home, { programs, voice }));
    const stop = async (): Promise<void> => {
      announceStop(home, fleet.url);
      await fleet.stop();
      releaseLock(home);
    };
    return { home, fleet, stop };
  } catch (error) {
    releaseLock(home);
    throw diskFailure(error, home.path);
  }
}

async function gatherParts(
  settings: Settings,
  home: Home,
  { programs, voice }: { programs: FleetPrograms; voice: Voice },
): Promise<FleetParts> {
  const source = await findRedis(voice.say);
  const election = recallElection(home, rememberedPorts(home));
  const ids =
    source.kind === 'url' ? { redis: [], sentinels: [] } : storeIds(settings.minimal, election?.primary);
  const ports = await choosePorts(home, settings, ids);
  const secrets = loadSecrets(home);
  return { settings, home, secrets, ports, ids, source, election, programs, ...voice };
}
