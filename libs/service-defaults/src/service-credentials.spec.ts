import type { ServiceRequest, ServiceResponse } from '@holdfast/balancer-http';
import { EndedSessionError, UnauthenticatedError } from '@holdfast/session-nest';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceCredentials } from './service-credentials.js';

const SECRET = 'q3Jf0p_zW8u-Xk2LrT7vN5bYcM9dHsEaG4iOwPtQ1nU';
let now: number;
let sent: (ServiceRequest & { service: string })[];
/** What auth answers next. */
let grant: () => unknown;
let status: number;
/** What another service answers. */
let refusing: ReadonlySet<string>;
let credentials: ServiceCredentials;

const answer = (
  of: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServiceResponse => ({
  status: of,
  headers,
  text: async () => JSON.stringify(body),
  json: async <T>() => body as T,
});

const client = {
  async request(service: string, init: ServiceRequest): Promise<ServiceResponse> {
    sent.push({ ...init, service });
    if (service === 'auth') return answer(status, grant());
    const token = String(init.headers?.authorization).slice('Bearer '.length);
    if (!refusing.has(token)) return answer(200, { token });
    return answer(
      401,
      { code: 'ERR_UNAUTHENTICATED' },
      new UnauthenticatedError('', 'invalid_token').headers,
    );
  },
};

beforeEach(() => {
  now = 1_800_000_000_000;
  sent = [];
  status = 200;
  refusing = new Set();
  let issued = 0;
  grant = () => ({
    access_token: `t${(issued += 1)}`,
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'internal',
  });
  credentials = new ServiceCredentials(client, 'order', SECRET, { now: () => now });
});

const GET = { method: 'GET', path: '/' };
const fetches = () => sent.filter(({ service }) => service === 'auth').length;
const away = () => {
  throw Object.assign(new Error('nobody there'), { code: 'ERR_UPSTREAM_UNAVAILABLE' });
};

describe('ServiceCredentials', () => {
  it('asks auth by RFC 6749 4.4, the secret in the header only', async () => {
    expect(await credentials.token()).toBe('t1');
    expect(sent).toEqual([
      {
        service: 'auth',
        method: 'POST',
        path: '/oauth/token',
        headers: {
          authorization: `Basic ${Buffer.from(`order:${SECRET}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials&scope=internal',
        idempotent: true,
        deadlineMs: expect.any(Number),
      },
    ]);
  });

  it('asks once for many who want a token at once, and keeps it until 30 s before it expires', async () => {
    expect(await Promise.all([1, 2, 3].map(() => credentials.token()))).toEqual(['t1', 't1', 't1']);
    now += 269_999;
    expect(await credentials.token()).toBe('t1');
    now += 1;
    expect(await credentials.token()).toBe('t2');
    expect(fetches()).toBe(2);
  });

  it('counts the life of a token from when it was asked for', async () => {
    const granted = grant;
    grant = () => {
      now += 40_000;
      return granted();
    };
    await credentials.token();
    now += 230_000;
    expect(await credentials.token()).toBe('t2');
  });

  it('keeps no failure', async () => {
    const granted = grant;
    grant = away;
    const error: unknown = await credentials.token().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_UPSTREAM_UNAVAILABLE',
      cause: { code: 'ERR_UPSTREAM_UNAVAILABLE' },
    });
    grant = granted;
    expect(await credentials.token()).toBe('t1');
  });

  it('goes on with the token that it has while auth is away, as long as that is good', async () => {
    await credentials.token();
    grant = away;
    now += 299_999;
    expect(await credentials.token()).toBe('t1');
    now += 1;
    await expect(credentials.token()).rejects.toMatchObject({ code: 'ERR_UPSTREAM_UNAVAILABLE' });
  });

  it.each([
    [401, { error: 'invalid_client' }],
    [200, {}],
    [200, 'html'],
    [200, { access_token: '', expires_in: 'soon' }],
  ])('takes the answer %d %j for a failure, and tells nothing of it', async (code, body) => {
    status = code;
    grant = () => body;
    const error = (await credentials.token().catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'ERR_UPSTREAM_UNAVAILABLE' });
    expect(`${error.message} ${String(error.cause)}`).not.toContain(SECRET);
  });

  it('calls another service as itself, with the headers of the call', async () => {
    const init = { method: 'POST', path: '/internal/x', headers: { 'x-a': '1' }, body: '{}' };
    expect(await (await credentials.request('user', init)).json()).toEqual({ token: 't1' });
    expect(sent.at(-1)).toEqual({
      service: 'user',
      ...init,
      headers: { 'x-a': '1', authorization: 'Bearer t1' },
    });
  });

  it('fetches another token where one is refused, once for all, and sends the request again', async () => {
    await credentials.token();
    refusing = new Set(['t1']);
    const answers = await Promise.all([1, 2, 3].map(() => credentials.request('user', GET)));
    expect(answers.map((each) => each.status)).toEqual([200, 200, 200]);
    expect(fetches()).toBe(2);
  });

  it('does not storm auth for tokens that nobody takes, and says that it is us', async () => {
    refusing = new Set(Array.from({ length: 100 }, (_, index) => `t${index}`));
    for (let round = 0; round < 20; round += 1) {
      await expect(credentials.request('user', GET)).rejects.toMatchObject({
        code: 'ERR_UPSTREAM_UNAVAILABLE',
      });
      now += 1_000;
    }
    expect(fetches()).toBeLessThanOrEqual(3);
  });

  it.each([
    ['an unknown cookie', new UnauthenticatedError('The cookie is not ours.')],
    ['an ended session', new EndedSessionError({ because: 'idle', endedAt: 0 })],
  ])('hands on a 401 that is about %s, with the token that it has', async (_what, { code, headers }) => {
    const stranger = {
      request: async (service: string, init: ServiceRequest) => {
        if (service === 'auth') return client.request(service, init);
        return answer(401, { code }, headers);
      },
    };
    const own = new ServiceCredentials(stranger, 'gateway', SECRET, { now: () => now });
    for (let round = 0; round < 3; round += 1) {
      expect((await own.request('user', GET)).status).toBe(401);
      now += 20_000;
    }
    expect(fetches()).toBe(1);
  });
});
