import { Injectable } from '@nestjs/common';
import { PostOffice } from './post-office.js';

const ADVICE =
  'If that was you, all is well. If not, reset your password at once, and end all sessions: somebody else may have got in.';

/** What detectors of anomalies have to tell an account's owner. */
const UNUSUAL = {
  'refresh-reuse': 'A credential of one of your devices was used twice. That device was signed out.',
  'session-moved': 'One of your devices went on from another network with another program.',
  'too-many-sessions': 'Your account was signed in to very often within an hour.',
} as const;

/** What is worth a mail. */
export type Unusual = keyof typeof UNUSUAL;

/** What is about a person is worth a mail; what is about the platform is the administrators'. */
export function isUnusual(what: string): what is Unusual {
  return Object.hasOwn(UNUSUAL, what);
}

/** Tells people when what they sign in with has changed (OWASP ASVS 5.0, 6.3.7). The mails hold no link and no secret. */
@Injectable()
export class Notices {
  constructor(private readonly post: PostOffice) {}

  passwordChanged(to: string): void {
    const text = `The password of your account was changed, and your other sessions have ended.\n\n${ADVICE}\n`;
    this.post.post(async () => ({ to, subject: 'Your password was changed', text }));
  }

  /** @param to - finds the address; nobody is written to without one */
  unusual(to: () => Promise<string | undefined>, what: Unusual): void {
    this.post.post(async () => {
      const address = await to();
      const text = `${UNUSUAL[what]}\n\n${ADVICE}\n`;
      return address === undefined ? undefined : { to: address, subject: 'Unusual activity', text };
    });
  }

  /** @param change - what happened to it: it was … */
  secondFactorChanged(to: string, change: string): void {
    const text = `The second factor of your account was ${change}.\n\n${ADVICE}\n`;
    this.post.post(async () => ({ to, subject: 'Your second factor was changed', text }));
  }
}
