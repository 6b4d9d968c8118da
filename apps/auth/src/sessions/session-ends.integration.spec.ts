import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  const extra = { LOG_LEVEL: 'info', SESSION_LIMIT_PER_USER: '3', CEILING_PER_ADDRESS: '0' };
  service = await AuthServiceUnderTest.start(process.env, 13, extra);
});
afterAll(() => service.stop());

const lines = () => service.log.map((line) => JSON.parse(line) as Record<string, unknown>);

/** What the log says of these sessions, in order: who ended, and why. */
const noted = (...sessions: readonly Pick<Tokens, 'sessionId'>[]) => {
  const ids = sessions.map(({ sessionId }) => sessionId);
  const isTheirs = (ended: unknown) => (ended as string[]).some((id) => ids.includes(id));
  return lines()
    .filter(({ sessionIds = [] }) => isTheirs(sessionIds))
    .map(({ sessionIds, because, revoked }) => ({ sessionIds, because, revoked }));
};
const one = ({ sessionId }: Pick<Tokens, 'sessionId'>, because: string) => ({
  sessionIds: [sessionId],
  because,
  revoked: 1,
});
const as = (tokens: Tokens, path: string, body?: unknown) =>
  service.call('POST', path, { token: tokens.access_token, body });

/** Somebody who is signed in three times. */
async function somebody() {
  const ada = await service.register();
  const signIn = () => service.signIn(ada);
  return { ...ada, devices: [await signIn(), await signIn(), await signIn()] as const };
}

describe('the log', () => {
  it('names whoever gave way to the limit of sessions per user', async () => {
    const { devices, ...ada } = await somebody();
    await service.signIn(ada);
    expect(noted(...devices)).toEqual([one(devices[0], 'replaced')]);
  });

  it('names who was revoked by a token, a spent one as well, and nobody when that is repeated', async () => {
    const { devices } = await somebody();
    const [first, second] = devices;
    const refreshed = await service.refresh(first.refresh_token);
    expect(refreshed.status).toBe(200);
    for (const token of [first.refresh_token, first.refresh_token, second.access_token, 'nothing']) {
      const answer = await service.form('/oauth/revoke', { client_id: 'holdfast-cli', token });
      expect(answer.status).toBe(200);
    }
    expect(noted(...devices)).toEqual([one(first, 'revoked'), one(second, 'revoked')]);
  });

  it('names all that one act has ended, with their user', async () => {
    const { devices, id } = await somebody();
    await as(devices[0], '/auth/logout-everywhere');
    const [line, ...more] = lines().filter(({ userId }) => userId === id);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: 'info', context: 'SessionEnds', because: 'logout', revoked: 3 });
    const ids = devices.map(({ sessionId }) => sessionId).sort();
    expect([...(line?.['sessionIds'] as string[])].sort()).toEqual(ids);
  });

  it('names a guest and a user whom a sign-in replaced', async () => {
    const ada = await service.register();
    const guest = (await as({ access_token: '' } as Tokens, '/auth/guest', {})).body as unknown as Tokens;
    const { email, password } = ada;
    const user = (await as(guest, '/auth/login', { email, password })).body as unknown as Tokens;
    await as(user, '/auth/login', { email, password });
    expect(noted(guest, user)).toEqual([one(guest, 'replaced'), one(user, 'replaced')]);
  });

  it('says why a refresh was refused, and nothing that opens the session', async () => {
    const { devices } = await somebody();
    const [tokens] = devices;
    await as(tokens, '/auth/logout');
    await service.refresh(tokens.refresh_token);
    const refusal = { level: 'info', context: 'RefreshGrant', endedBecause: 'logout' };
    const ofSession = lines().filter(({ sessionId }) => sessionId === tokens.sessionId);
    expect(ofSession.filter(({ context }) => context === 'RefreshGrant')).toMatchObject([refusal]);
    expect(service.log.join()).not.toContain(tokens.refresh_token);
  });
});
