import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { BoundedLane } from '../accounts/bounded-lane.js';
import { Mailer, type Mail } from './mailer.js';

const WIDTH = 4;
const QUEUE_LIMIT = 1_000;
/** Less than a drain leaves for closing. */
const SHUTDOWN_MS = 3_000;

/**
 * Writes and sends mails after the request that asked for them was answered: neither the mail server nor the search
 * for the account shows in the time of an answer. What is under way at a shutdown is waited for.
 */
@Injectable()
export class PostOffice implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PostOffice.name);
  private readonly lane = new BoundedLane(WIDTH, QUEUE_LIMIT);
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly mailer: Mailer) {}

  /** @param write - makes the mail, or finds that none is due. Neither it nor the sending fails the caller. */
  post(write: () => Promise<Mail | undefined>): void {
    const work = this.lane.run(() => this.send(write)).catch((error: unknown) => this.note(error));
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  async beforeApplicationShutdown(): Promise<void> {
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (giveUp = setTimeout(resolve, SHUTDOWN_MS)));
    await Promise.race([this.idle(), late]);
    clearTimeout(giveUp);
    if (this.underWay.size > 0) this.logger.warn(`Mails given up at the shutdown: ${this.underWay.size}`);
  }

  private async send(write: () => Promise<Mail | undefined>): Promise<void> {
    const mail = await write();
    if (mail !== undefined) await this.mailer.send(mail);
  }

  /** By codes alone: a mail server's message repeats the receiver. */
  private note(error: unknown): void {
    const { name, code, responseCode } = error as Error & { code?: unknown; responseCode?: unknown };
    this.logger.warn({ msg: 'A mail was not sent', error: name, code, responseCode });
  }
}
