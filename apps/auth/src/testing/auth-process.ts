import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { send, type Answer, type Call } from '@holdfast/service-testing';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The auth service as a process of its own, built to `dist`: what can be killed. */
export class AuthProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Starts one on a free port, with nothing of the spec's own environment. */
  static async start(environment: Readonly<Record<string, string>>): Promise<AuthProcess> {
    const child = fork(PROGRAM, [], { env: { ...environment }, execArgv: [], silent: true });
    const ready = new Promise<{ readonly port: number }>((resolve, reject) => {
      child.once('message', resolve as (message: unknown) => void);
      child.once('exit', (code) => reject(new Error(`auth did not start: it exited ${code}`)));
    });
    return new AuthProcess(child, `http://127.0.0.1:${(await ready).port}`);
  }

  call(method: string, path: string, call: Call = {}): Promise<Answer> {
    return send(method, `${this.url}${path}`, call);
  }

  /** As a crash would; resolves when it is gone. Repeated: nothing. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
