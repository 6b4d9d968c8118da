import { systemClock } from '@holdfast/session-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { Mailer } from './mailer.js';
import { Notices } from './notices.js';
import { OutboxMailer } from './outbox-mailer.js';
import { PostOffice } from './post-office.js';
import { SmtpMailer } from './smtp-mailer.js';

/** Where mails go to: a folder, or a mail server and in whose name. */
export type MailSettings = { readonly folder: string } | { readonly url: string; readonly from: string };

/** Mails: exports the `PostOffice` and what it is most used for, `Notices`. */
@Module({})
export class MailModule {
  static forRoot(settings: MailSettings): DynamicModule {
    const mailer =
      'folder' in settings
        ? new OutboxMailer(settings.folder, systemClock)
        : new SmtpMailer(settings.url, settings.from);
    return {
      module: MailModule,
      providers: [{ provide: Mailer, useValue: mailer }, PostOffice, Notices],
      exports: [PostOffice, Notices],
    };
  }
}
