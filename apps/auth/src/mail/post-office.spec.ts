import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Mailer, type Mail } from './mailer.js';
import { Notices } from './notices.js';
import { PostOffice } from './post-office.js';

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the token', token: 'the token' };

/** Sends when it is let. */
class HeldMailer extends Mailer {
  readonly sent: Mail[] = [];
  fails: Error | undefined;
  gate: Promise<void> | undefined;

  async send(sent: Mail): Promise<void> {
    await this.gate;
    if (this.fails) throw this.fails;
    this.sent.push(sent);
  }
}

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('PostOffice', () => {
  it('has the caller wait for nothing, and sends all', async () => {
    const mailer = new HeldMailer();
    const post = new PostOffice(mailer);
    for (let n = 0; n < 10; n += 1) post.post(async () => mail);
    expect(mailer.sent).toHaveLength(0);
    await post.idle();
    expect(mailer.sent).toHaveLength(10);
  });

  it('sends nothing where no mail is due', async () => {
    const mailer = new HeldMailer();
    const post = new PostOffice(mailer);
    post.post(async () => undefined);
    await post.idle();
    expect(mailer.sent).toEqual([]);
  });

  it('logs what failed by its codes: neither address nor token', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const mailer = new HeldMailer();
    const post = new PostOffice(mailer);
    mailer.fails = Object.assign(new Error('550 no such user: ada@example.test'), {
      code: 'EENVELOPE',
      responseCode: 550,
      rejected: ['ada@example.test'],
    });
    post.post(async () => mail);
    await post.idle();
    post.post(() => Promise.reject(new Error('params: ada@example.test')));
    await post.idle();
    expect(warn.mock.calls).toEqual([
      [{ msg: 'A mail was not sent', error: 'Error', code: 'EENVELOPE', responseCode: 550 }],
      [{ msg: 'A mail was not sent', error: 'Error' }],
    ]);
  });

  it('holds no more than it can: what is over is given up, and the rest is sent', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const mailer = new HeldMailer();
    const post = new PostOffice(mailer);
    for (let n = 0; n < 1_010; n += 1) post.post(async () => mail);
    await post.idle();
    expect(mailer.sent).toHaveLength(1_004);
    expect(warn).toHaveBeenCalledTimes(6);
  });

  it('waits at a shutdown for what is under way', async () => {
    const mailer = new HeldMailer();
    let open = () => {};
    mailer.gate = new Promise<void>((resolve) => (open = resolve));
    const post = new PostOffice(mailer);
    post.post(async () => mail);
    const down = post.beforeApplicationShutdown();
    open();
    await down;
    expect(mailer.sent).toHaveLength(1);
  });

  it('does not wait for ever', async () => {
    jest.useFakeTimers();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const mailer = new HeldMailer();
    mailer.gate = new Promise<void>(() => {});
    const post = new PostOffice(mailer);
    post.post(async () => mail);
    const down = post.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(3_000);
    await down;
    expect(warn).toHaveBeenCalledWith('Mails given up at the shutdown: 1');
  });
});

describe('Notices', () => {
  it('say what changed, with neither a link nor a secret', async () => {
    const mailer = new HeldMailer();
    const post = new PostOffice(mailer);
    const notices = new Notices(post);
    notices.passwordChanged('ada@example.test');
    notices.secondFactorChanged('ada@example.test', 'turned off');
    await post.idle();
    expect(mailer.sent).toMatchObject([
      { to: 'ada@example.test', subject: 'Your password was changed' },
      { subject: 'Your second factor was changed', text: expect.stringMatching(/was turned off\./) },
    ]);
    for (const sent of mailer.sent) expect(sent.text).not.toContain('://');
  });
});
