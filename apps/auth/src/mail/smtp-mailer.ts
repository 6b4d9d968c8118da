import { createTransport } from 'nodemailer';
import { Mailer, type Mail } from './mailer.js';

/** A server that does not answer holds a mail up for so long at most, at each of its steps. */
const STEP_MS = 5_000;

/** Sends mails by SMTP: TLS from the start with `smtps:`, else as soon as the server offers it. */
export class SmtpMailer extends Mailer {
  private readonly transport;

  /** @param url - `smtp[s]://[user:password@]host[:port]`; nodemailer's options as its query, such as `?requireTLS=true` */
  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport({
      url,
      dnsTimeout: STEP_MS,
      connectionTimeout: STEP_MS,
      greetingTimeout: STEP_MS,
      socketTimeout: STEP_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    // As an object: an address is never parsed into several.
    await this.transport.sendMail({ from: this.from, to: { name: '', address: to }, subject, text });
  }
}
