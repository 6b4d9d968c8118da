/** A mail to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The secret in the text, if there is one: tests and developers need not look for it. */
  readonly token?: string;
  /** Until when the token is good, epoch milliseconds. */
  readonly expiresAt?: number;
}

/** Sends mails. */
export abstract class Mailer {
  /** Resolves once the mail is handed over. Rejects otherwise, with an error that may name the receiver: not for the log. */
  abstract send(mail: Mail): Promise<void>;
}
