import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The repository's compiler: to install one more would prove nothing. */
export const TSC = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const STARTS_WITHIN_MS = 60_000;
const execute = promisify(execFile);

/** What `npm pack` says of a package that it packed. */
export interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** A file of the repository. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The samples of a README: its blocks of TypeScript, each a whole program. */
export function samplesOf(readme: string): readonly string[] {
  return [...readme.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, sample = '']) => sample);
}

/** The packages that a README tells to install. */
export function installedBy(readme: string): readonly string[] {
  const [, names = ''] = /^npm install ((?:.*\\\n)*.*)/m.exec(readme) ?? [];
  return names.split(/[\s\\]+/);
}

/** Somebody with a folder of their own outside of the repository, Node and npm. */
export class Outsider {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-outsider-'));
  readonly #servers: ChildProcess[] = [];

  /** @param env - what its programs find in their environment beside ours */
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Packs libraries of the repository as they are built. */
  async pack(folders: readonly string[]): Promise<readonly Packed[]> {
    const workspaces = folders.flatMap((folder) => ['--workspace', folder]);
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', this.folder, ...workspaces];
    const { stdout } = await execute('npm', args, { cwd: ROOT });
    const packed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Packed[] | Record<string, Packed>;
    return Object.values(packed);
  }

  /** Installs tarballs, and other packages in the version that the repository has. */
  async install(tarballs: readonly Packed[], others: readonly string[]): Promise<void> {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly version: string }>>;
    };
    const dependencies = Object.fromEntries([
      ...tarballs.map(({ name, filename }) => [name, `file:${filename}`]),
      ...others.map((name) => [name, packages[`node_modules/${name}`]?.version]),
    ]) as Readonly<Record<string, string>>;
    const manifest = { name: 'outsider', private: true, type: 'module', dependencies };
    this.write('package.json', JSON.stringify(manifest));
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--strict-peer-deps'];
    await this.run('npm', 'install', ...flags);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs a program to its end; answers what it printed. Rejects, with that, if it fails. */
  async run(file: string, ...args: readonly string[]): Promise<string> {
    const ran = execute(file, args, { cwd: this.folder, env: { ...process.env, ...this.env } });
    const { stdout } = await ran.catch((error: Error & { stdout?: string }) => {
      throw new Error(`${error.message}\n${error.stdout ?? ''}`, { cause: error });
    });
    return stdout;
  }

  /** Starts a server with plain `node` and waits until it answers at its `PORT`. */
  async serve(file: string): Promise<Served> {
    const port = await freePort();
    const child = spawn(process.execPath, [file], {
      cwd: this.folder,
      env: { ...process.env, ...this.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#servers.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const url = `http://127.0.0.1:${port}`;
    const patience = Date.now() + STARTS_WITHIN_MS;
    while (!(await answers(url))) {
      if (Date.now() > patience || child.exitCode !== null)
        throw new Error(`${file} does not answer:\n${output}`);
      await sleep(50);
    }
    return {
      url,
      stop: () => {
        child.kill('SIGTERM');
        return exited;
      },
    };
  }

  /** Kills what it serves, and leaves nothing behind. */
  dispose(): void {
    for (const server of this.#servers) server.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A server that was started. */
export interface Served {
  readonly url: string;
  /** Asks it to end; answers its exit code, `null` where the signal ended it. */
  stop(): Promise<number | null>;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
