import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { SmtpMailer } from './smtp-mailer.js';

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'It’s me.\n', token: 'not on its own' };
const from = 'Holdfast <no-reply@holdfast.example>';

let server: SMTPServer | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  await new Promise<void>((resolve) => (server ? server.close(resolve) : resolve()));
  server = undefined;
});

interface Delivery {
  readonly user: unknown;
  readonly from: string;
  readonly to: readonly string[];
  readonly message: string;
}

/** A real SMTP server that keeps what it gets. */
async function startServer(options: SMTPServerOptions = {}) {
  const deliveries: Delivery[] = [];
  const started = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...options,
    onData: (stream, { user, envelope: { mailFrom, rcptTo } }, done) => {
      void text(stream).then((message) => {
        const to = rcptTo.map(({ address }) => address);
        deliveries.push({ user, from: mailFrom ? mailFrom.address : '', to, message });
        done();
      });
    },
  });
  // Clients that hang up are what is tested.
  started.on('error', () => undefined);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { deliveries, port: (started.server.address() as AddressInfo).port };
}

describe('SmtpMailer', () => {
  it('hands a mail to an SMTP server', async () => {
    const { deliveries, port } = await startServer();
    await new SmtpMailer(`smtp://127.0.0.1:${port}`, from).send(mail);
    expect(deliveries).toMatchObject([{ from: 'no-reply@holdfast.example', to: ['ada@example.test'] }]);
    const message = deliveries[0]?.message ?? '';
    expect(message).toMatch(/^From: Holdfast <no-reply@holdfast\.example>\r$/m);
    expect(message).toMatch(/^To: ada@example\.test\r$/m);
    expect(message).toMatch(/^Subject: Hello\r$/m);
    expect(message).not.toContain('not on its own');
  });

  it('shows who it is as the URL says', async () => {
    const { deliveries, port } = await startServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        password === 'p@ss' ? done(null, { user: username }) : done(new Error('no')),
    });
    await new SmtpMailer(`smtp://holdfast:p%40ss@127.0.0.1:${port}`, from).send(mail);
    expect(deliveries).toMatchObject([{ user: 'holdfast' }]);
    const wrong = new SmtpMailer(`smtp://holdfast:no@127.0.0.1:${port}`, from);
    await expect(wrong.send(mail)).rejects.toMatchObject({ code: 'EAUTH' });
  });

  it('encrypts with smtps, and trusts no server that cannot show who it is', async () => {
    // The server's own certificate is publicly known, and it warns of that.
    jest.spyOn(console, 'error').mockReturnValue();
    const { deliveries, port } = await startServer({ secure: true });
    const url = `smtps://127.0.0.1:${port}`;
    await expect(new SmtpMailer(url, from).send(mail)).rejects.toMatchObject({ code: 'ESOCKET' });
    expect(deliveries).toEqual([]);
    await new SmtpMailer(`${url}?tls.rejectUnauthorized=false`, from).send(mail);
    expect(deliveries).toHaveLength(1);
  });

  it.each([
    'ada@example.test, eve@example.test',
    'ada@example.test\r\nBcc: eve@example.test',
    'ada@example.test>\r\nRCPT TO:<eve@example.test',
    'Eve <eve@example.test>',
  ])('mails nobody else, whatever is in the address: %j', async (to) => {
    const { deliveries, port } = await startServer();
    await new SmtpMailer(`smtp://127.0.0.1:${port}`, from).send({ ...mail, to }).catch(() => undefined);
    for (const delivery of deliveries) {
      expect(delivery.to).toHaveLength(1);
      expect(delivery.message).not.toMatch(/^bcc:/im);
    }
  });

  it('rejects when the server refuses, and when none is there', async () => {
    const { port } = await startServer({
      onRcptTo: (_address, _session, done) => done(new Error('unknown')),
    });
    await expect(new SmtpMailer(`smtp://127.0.0.1:${port}`, from).send(mail)).rejects.toMatchObject({
      code: 'EENVELOPE',
    });
    await expect(new SmtpMailer('smtp://127.0.0.1:1', from).send(mail)).rejects.toMatchObject({
      code: 'ESOCKET',
    });
  });
});
