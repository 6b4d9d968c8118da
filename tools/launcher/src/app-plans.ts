import { join } from 'node:path';
import { inheritedEnvironment, SERVICES, type AppName, type Variables } from './app-environment.js';
import type { FleetControl } from './fleet-control.js';
import type { ProcessPlan } from './managed-process.js';
import type { Settings } from './settings.js';

/** Where the apps are, and what each needs. */
export interface AppsLayout {
  /** Holds `<app>/dist/main.js` for each app. */
  readonly folder: string;
  readonly workingDirectory: string;
  /** Where Node may keep compiled code between starts (from Node 22 on). */
  readonly cache: string;
  variables(app: AppName): Variables;
}

const RANK = { gateway: 0, service: 1 } as const;
const DRAIN_DEADLINE_MS = 10_000;
const AFTER_DRAIN_MS = 3_000;

function appPlan(app: AppName, id: string, layout: AppsLayout): Omit<ProcessPlan, 'rank' | 'readiness'> {
  const variables = layout.variables(app);
  const identity: NodeJS.ProcessEnv =
    app === 'gateway' ? { FLEET_CONTROL: 'parent' } : { INSTANCE_ID: id, PORT: '0' };
  const cache = { NODE_COMPILE_CACHE: layout.cache };
  return {
    id,
    signal: 'SIGTERM',
    stopWithinMs: Number(variables['DRAIN_DEADLINE_MS'] ?? DRAIN_DEADLINE_MS) + AFTER_DRAIN_MS,
    prepare: () =>
      Promise.resolve({
        file: process.execPath,
        args: ['--enable-source-maps', join(layout.folder, app, 'dist', 'main.js')],
        cwd: layout.workingDirectory,
        env: { ...inheritedEnvironment(process.env), ...cache, ...variables, ...identity },
      }),
  };
}

/** The plans of the services' instances: two of each, one in a minimal fleet. */
export function servicePlans({ minimal }: Settings, layout: AppsLayout): ProcessPlan[] {
  const numbers = minimal ? [1] : [1, 2];
  return SERVICES.flatMap((app) =>
    numbers.map((number) => ({
      ...appPlan(app, `${app}-${number}`, layout),
      rank: RANK.service,
      readiness: { kind: 'messages', count: 1 } as const,
    })),
  );
}

/** The plan of the gateway: a parent that speaks for its workers. `control` answers what it asks about the fleet. */
export function gatewayPlan(
  { gatewayWorkers }: Settings,
  layout: AppsLayout,
  control: Pick<FleetControl, 'answer'>,
): ProcessPlan {
  return {
    ...appPlan('gateway', 'gateway', layout),
    answer: (question) => control.answer(question),
    rank: RANK.gateway,
    readiness: { kind: 'messages', count: gatewayWorkers },
  };
}
