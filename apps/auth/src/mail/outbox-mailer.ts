import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@holdfast/session-core';
import { Mailer, type Mail } from './mailer.js';

/**
 * For development: each mail becomes a JSON file that only its owner reads. Its name sorts by time. It appears whole,
 * by a rename: whoever watches the folder for `*.json` never sees half of one.
 */
export class OutboxMailer extends Mailer {
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ expiresAt, ...mail }: Mail): Promise<void> {
    const at = isoTime(this.clock.now());
    const content = { ...mail, ...(expiresAt !== undefined && { expiresAt: isoTime(expiresAt) }), at };
    const name = `${at.replaceAll(':', '-')}-${randomUUID()}`;
    const draft = join(this.folder, `.${name}.draft`);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, join(this.folder, `${name}.json`));
  }
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
