import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findOrInstall, type SystemProgram } from '@holdfast/launcher';
import { onCore } from '../session/processor.js';

const run = promisify(execFile);

/** As many requests as connections carry, each waiting for its answer. */
export interface FullLoad {
  readonly url: string;
  /** One header line for each session that is in use; requests take turns. */
  readonly credentials: readonly string[];
  readonly seconds: number;
}

/** What the load saw. */
export interface LoadFigures {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Connections that broke, and answers other than 200. Slow ones are none: latencies tell of them. */
  readonly failed: number;
}

/** A program that makes such a load. */
export interface LoadMaker {
  readonly name: string;
  put(load: FullLoad): Promise<LoadFigures>;
}

/** Connections of the load. */
export const CONNECTIONS = 64;

const WRK: SystemProgram = {
  name: 'wrk',
  packages: { apt: 'wrk', apk: 'wrk', dnf: ['wrk'], brew: 'wrk' },
};
const AUTOCANNON = fileURLToPath(new URL('../../competitors/autocannon.mjs', import.meta.url));

/** wrk, installed if need be; autocannon otherwise. Kept on a core. */
export async function findLoadMaker(
  core: number | undefined,
  say: (line: string) => void,
): Promise<LoadMaker> {
  const wrk = await findOrInstall(WRK, say);
  if ('file' in wrk) return { name: 'wrk', put: (load) => putByWrk(wrk.file, core, load) };
  say(`${wrk.why}: the load is made by autocannon.`);
  return { name: 'autocannon', put: (load) => putByAutocannon(core, load) };
}

async function putByWrk(wrk: string, core: number | undefined, load: FullLoad): Promise<LoadFigures> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-wrk-'));
  const script = join(dir, 'load.lua');
  writeFileSync(script, wrkScript(load.credentials));
  const amount = ['-t', '1', '-c', String(CONNECTIONS), '-d', `${load.seconds}s`];
  try {
    const [file = '', ...args] = onCore(core, [wrk, ...amount, '-s', script, load.url]);
    return figuresIn((await run(file, args)).stdout);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function putByAutocannon(core: number | undefined, load: FullLoad): Promise<LoadFigures> {
  const headers = load.credentials.map((line) => {
    const [name = '', value = ''] = line.split(/: (.*)/);
    return { [name]: value };
  });
  const order = JSON.stringify({ ...load, headers, connections: CONNECTIONS });
  const [file = '', ...args] = onCore(core, [process.execPath, AUTOCANNON, order]);
  return figuresIn((await run(file, args)).stdout);
}

/** Makes each request beforehand, and prints in the end what is read here. */
function wrkScript(credentials: readonly string[]): string {
  const lines = credentials.map((line) => {
    const [name = '', value = ''] = line.split(/: (.*)/);
    return `  { [${JSON.stringify(name)}] = ${JSON.stringify(value)} },`;
  });
  return `local sessions = {
${lines.join('\n')}
}
local requests, turn = {}, 0
function init()
  for at, headers in ipairs(sessions) do
    headers["Accept"] = "application/json"
    requests[at] = wrk.format("GET", nil, headers)
  end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"failed":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
`;
}

/** The figures in what the program has printed: its last line of JSON. */
export function figuresIn(output: string): LoadFigures {
  const line = output.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`The load printed no figures: ${output.slice(-500)}`);
  return JSON.parse(line) as LoadFigures;
}
