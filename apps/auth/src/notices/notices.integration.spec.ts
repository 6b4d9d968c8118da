import { NoticeListener, type Notice } from '@holdfast/service-defaults';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { AuthServiceUnderTest } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;
let redis: Redis;
let listener: NoticeListener;
const heard: Notice[] = [];

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 13, { CEILING_PER_ADDRESS: '0' });
  redis = new Redis(process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379');
  listener = new NoticeListener(redis, (notice) => heard.push(notice));
}, 30_000);
afterAll(async () => {
  listener.close();
  redis.disconnect();
  await service.stop();
});

/** Others may give notice on the same server; what is given before anybody listens is missed, so it is done again. */
async function hears<T>(act: () => Promise<T>, means: (notice: Notice, done: T) => boolean): Promise<Notice> {
  for (;;) {
    const done = await act();
    for (let look = 0; look < 50; look++) {
      const found = heard.find((notice) => means(notice, done));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

it('gives notice of a session that was ended, by its public id and with the reason', async () => {
  const user = await service.register();
  const signOut = async () => {
    const { sessionId, access_token: token } = await service.signIn(user);
    expect((await service.call('POST', '/auth/logout', { token })).status).toBe(200);
    return sessionId;
  };
  const isOf = (notice: Notice, sessionId: string) =>
    notice.type === 'session-revoked' && notice.sessionIds.includes(sessionId);
  expect(await hears(signOut, isOf)).toMatchObject({
    because: 'logout',
    revoked: 1,
    noticeId: expect.any(String),
  });
});

it('gives notice of a key that is published, and of the one that it follows', async () => {
  const { access_token: token } = await service.administrator();
  const rotate = async () => (await service.call('POST', '/platform/keys/rotate', { token })).body;
  const notice = await hears(
    rotate,
    ({ type, ...rest }, { kid }) => type === 'key-rotated' && 'kid' in rest && rest.kid === kid,
  );
  expect(notice).toMatchObject({ previousKid: expect.any(String), signsFrom: expect.stringMatching(/Z$/) });
});
