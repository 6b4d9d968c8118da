import { Injectable } from '@nestjs/common';
import { PostOffice } from './post-office.js';

const ADVICE =
  'If that was you, all is well. If not, reset your password at once, and end all sessions: somebody else may have got in.';

/** Tells people when what they sign in with has changed (OWASP ASVS 5.0, 6.3.7). The mails hold no link and no secret. */
@Injectable()
export class Notices {
  constructor(private readonly post: PostOffice) {}

  passwordChanged(to: string): void {
    const text = `The password of your account was changed, and your other sessions have ended.\n\n${ADVICE}\n`;
    this.post.post(async () => ({ to, subject: 'Your password was changed', text }));
  }

  /** @param change - what happened to it: it was … */
  secondFactorChanged(to: string, change: string): void {
    const text = `The second factor of your account was ${change}.\n\n${ADVICE}\n`;
    this.post.post(async () => ({ to, subject: 'Your second factor was changed', text }));
  }
}
