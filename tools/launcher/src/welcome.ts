import { relative } from 'node:path';
import type { FleetProcess } from '@holdfast/fleet-client';
import type { Home } from './home.js';

/** What the welcome tells about. */
export interface Running {
  readonly home: Home;
  readonly url: string;
  readonly adminEmail: string;
  readonly processes: readonly FleetProcess[];
  readonly tookMs: number;
}

/** The lines shown once all are ready: how long it took, where to look, and three things to try. */
export function welcome({ home, url, adminEmail, processes, tookMs }: Running): string[] {
  const path = relative(process.cwd(), home.path) || home.path;
  const file = path.startsWith('..') ? home.runFile : `${path}/run.json`;
  const victim = processes.find(({ role }) => role === 'order');
  const password = `$(node -p "JSON.parse(fs.readFileSync('${file}')).admin.password")`;
  return [
    '',
    `Ready in ${(tookMs / 1_000).toFixed(1)} s: ${processes.length} processes.`,
    '',
    `  Platform   ${url}`,
    `  API        ${url}/docs`,
    `  Admin      ${adminEmail}, the password is in ${file}`,
    `  Logs       ${path.startsWith('..') ? home.logs : `${path}/logs`}`,
    '',
    'Three things to try, in another terminal:',
    '  1. npm run demo',
    '  2. sign in:',
    `     curl -s ${url}/auth/login -H 'content-type: application/json' \\`,
    `       -d '{"email":"${adminEmail}","password":"'"${password}"'"}'`,
    `  3. kill -9 ${victim?.pid ?? '<pid>'} (${victim?.id ?? 'an order instance'}), and watch it come back here`,
    '',
    'Ctrl+C stops everything; the data stays.',
  ];
}
