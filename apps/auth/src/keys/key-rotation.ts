import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Rotation } from './signing-key-store.js';
import type { SigningKeys } from './signing-keys.js';

/** How an instance keeps up with the keys. */
export interface KeyRotationSettings {
  /** How often the keys are read again: well within the lead. */
  readonly intervalMs: number;
  /** The age at which a key is replaced; 0: never by itself. */
  readonly rotateAfterMs: number;
}

/** Keeps this instance's keys current and replaces the one that is old enough, whichever instance notices first. */
export class KeyRotation implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyRotation.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isAway = false;
  private readonly listeners: ((rotation: Rotation) => void)[] = [];

  constructor(
    private readonly keys: SigningKeys,
    private readonly settings: KeyRotationSettings,
  ) {}

  /** Calls back when this instance has published a new key. The listener must not throw. */
  onNew(listener: (rotation: Rotation) => void): void {
    this.listeners.push(listener);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Publishes the next key now; the one that waits already if there is one. */
  async rotate(): Promise<Rotation> {
    const rotation = await this.keys.rotate(0);
    if (rotation === undefined) throw new Error('A rotation without an age always answers');
    this.report(rotation);
    return rotation;
  }

  /** Reads the keys and, if the one that signs is old enough, rotates. */
  async keepUp(): Promise<void> {
    await this.keys.reload();
    const { rotateAfterMs } = this.settings;
    if (rotateAfterMs === 0) return;
    const rotation = await this.keys.rotate(rotateAfterMs);
    if (rotation !== undefined) this.report(rotation);
  }

  private report(rotation: Rotation): void {
    const { kid, previousKid, signsFromAt, isNew } = rotation;
    if (!isNew) return;
    for (const listener of this.listeners) listener(rotation);
    const signsFrom = new Date(signsFromAt).toISOString();
    this.logger.log({ msg: 'The next signing key is published', kid, previousKid, signsFrom });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(this.settings.intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.tryToKeepUp();
    }
  }

  /** Says so once: the keys that are known go on. */
  private async tryToKeepUp(): Promise<void> {
    try {
      await this.keepUp();
      if (this.isAway) this.logger.log('The signing keys can be read again');
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.logger.warn('Cannot read the signing keys: what was read last goes on', error);
      this.isAway = true;
    }
  }
}
