import { relative } from 'node:path';
import type { FleetProcess, ProcessRole } from '@holdfast/fleet-client';
import type { Home } from './home.js';

/** What the welcome tells about. */
export interface Running {
  readonly home: Home;
  readonly url: string;
  readonly adminEmail: string;
  readonly processes: readonly FleetProcess[];
  readonly tookMs: number;
}

const ABSENT = 'The guarantees G5 and G6 are absent (docs/guarantees.md).';

/** The lines shown once all are ready: how long it took, where to look, and three things to try. */
export function welcome({ home, url, adminEmail, processes, tookMs }: Running): string[] {
  const path = relative(process.cwd(), home.path) || home.path;
  const below = path.startsWith('..') ? home.path : path;
  const file = `${below}/run.json`;
  const victim = processes.find(({ role }) => role === 'order');
  const elsewhere = path === '.holdfast' ? '' : `HOLDFAST_HOME=${home.path} `;
  const password = `$(node -p "JSON.parse(fs.readFileSync('${file}')).admin.password")`;
  return [
    '',
    `Ready in ${(tookMs / 1_000).toFixed(1)} s: ${processes.length} processes.`,
    '',
    `  Platform   ${url}`,
    `  Console    ${url}/console/`,
    `  API        ${url}/docs`,
    `  Admin      ${adminEmail}, the password is in ${file}`,
    `  Mail       ${below}/outbox: what the platform would send, one file each`,
    `  Logs       ${below}/logs`,
    ...warnings(processes),
    '',
    'Three things to try, in another terminal:',
    `  1. ${elsewhere}npm run demo`,
    '  2. sign in:',
    `     curl -s ${url}/auth/login -H 'content-type: application/json' \\`,
    `       -d '{"email":"${adminEmail}","password":"'"${password}"'"}'`,
    `  3. kill -9 ${victim?.pid ?? '<pid>'} (${victim?.id ?? 'an order instance'}), and watch it come back here`,
    '',
    'Ctrl+C stops everything; the data stays.',
  ];
}

function warnings(processes: readonly FleetProcess[]): string[] {
  const count = (role: ProcessRole): number => processes.filter((process) => process.role === role).length;
  return [
    ...(count('order') < 2 ? ['One of each: when an instance dies its requests fail until it is back.'] : []),
    ...(count('redis-replica') < 1
      ? ['One Redis: sessions live in one copy, and what it had not yet saved when it dies is lost.', ABSENT]
      : []),
  ].map((line, at) => (at === 0 ? `\n  ${line}` : `  ${line}`));
}
