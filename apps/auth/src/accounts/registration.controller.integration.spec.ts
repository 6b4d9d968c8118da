import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { admin, AuthServiceUnderTest, issuer } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  // No other spec's: what its user service refuses, the stand-in of another one would be asked for.
  service = await AuthServiceUnderTest.start(process.env, 1);
});
afterAll(() => service.stop());
beforeEach(() => {
  service.userService.status = 200;
});

const form = () => ({ email: `${randomUUID()}@example.test`, password: 'correct horse', displayName: 'Ada' });
const register = (body: unknown, n?: number) => service.call('POST', '/auth/register', { body, at: n });

describe('POST /auth/register', () => {
  it('opens the account and its profile, by an idempotent internal call as the service itself', async () => {
    const ada = { ...form(), displayName: '  Ada Lovelace ' };
    const { status, body, headers } = await register({ ...ada, email: ada.email.toUpperCase() });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: ada.email,
      displayName: 'Ada Lovelace',
      roles: ['user'],
    });
    expect(headers.get('x-served-by')).toMatch(/^auth-/);
    const call = service.userService.calls.find(
      ({ path }) => path === `/internal/profiles/${String(body['id'])}`,
    );
    expect(call).toMatchObject({ method: 'PUT', body: { email: ada.email, displayName: 'Ada Lovelace' } });
    const keys = createRemoteJWKSet(new URL(`${service.at()}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(call?.authorization.replace('Bearer ', '') ?? '', keys, {
      issuer,
      audience: 'holdfast',
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: 'auth', client_id: 'auth', scope: 'internal' });
    expect(payload).not.toHaveProperty('sid');
  });

  it('refuses an e-mail that is taken, in whatever case, on whichever instance', async () => {
    const ada = form();
    await register(ada, 0);
    const again = await register({ ...ada, email: ada.email.toUpperCase() }, 1);
    expect(again).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    expect(again.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('answers one of many parallel registrations of an e-mail on two instances', async () => {
    const ada = form();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => register(ada, n % 2)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  it('takes no roles from the body: what it does not know it refuses, by name', async () => {
    const answer = await register({ ...form(), roles: ['admin'] });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'ERR_VALIDATION', errors: [{ path: 'roles', message: 'Unknown member' }] },
    });
  });

  it('says 503 while the user service is away; a repeat on another instance finishes it', async () => {
    const ada = form();
    service.userService.status = 503;
    const away = await register(ada, 0);
    expect(away).toMatchObject({ status: 503, body: { code: 'ERR_UPSTREAM_UNAVAILABLE' } });
    expect(away.headers.get('retry-after')).toMatch(/^\d+$/);
    service.userService.status = 200;
    expect(await register(ada, 1)).toMatchObject({ status: 201, body: { email: ada.email } });
  });

  it('is no way around the throttle: who guesses at what was cut off has as many tries as at a sign-in', async () => {
    const ada = form();
    service.userService.status = 503;
    await register(ada);
    const guess = async (n: number) => (await register({ ...ada, password: `not the horse ${n}` }, n)).status;
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push(await guess(n % 2));
    expect(statuses).toEqual([409, 409, 409, 409, 409, 429, 429]);
    const late = await register(ada);
    expect(late).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('signs nobody in without a profile, and makes it at sign-in once that is possible', async () => {
    const ada = form();
    service.userService.status = 503;
    await register(ada);
    const { displayName: _name, ...credentials } = ada;
    const login = () => service.call('POST', '/auth/login', { body: credentials });
    expect(await login()).toMatchObject({ status: 503, body: { code: 'ERR_UPSTREAM_UNAVAILABLE' } });
    service.userService.status = 200;
    expect((await login()).status).toBe(200);
    expect((await register(ada)).status).toBe(409);
  });

  it('makes the administrator, once, with a profile in the background', async () => {
    const made = () =>
      service.userService.calls.some(({ body }) => JSON.stringify(body).includes('Administrator'));
    while (!made()) await sleep(20);
    const { access_token: token } = await service.signIn(admin);
    const { body } = await service.call('GET', '/auth/session', { token });
    expect(body['roles']).toEqual(['user', 'admin']);
    expect((await service.call('GET', '/healthz', { token })).status).toBe(200);
    expect((await register({ ...form(), email: admin.email })).status).toBe(409);
  });
});

describe('bad input to POST /auth/register', () => {
  it.each([
    ['malformed JSON', '{"email":', []],
    ['nothing', '', ['']],
    ['no object', '[]', ['']],
    ['wrong types', { email: 7, password: [], displayName: {} }, ['email', 'password', 'displayName']],
    ['no e-mail', { ...form(), email: 'nobody' }, ['email']],
    ['an e-mail of 255 characters', { ...form(), email: `${'a'.repeat(243)}@example.com` }, ['email']],
    ['an e-mail with NUL', { ...form(), email: 'a\u0000@example.test' }, ['email']],
    ['11 characters of password', { ...form(), password: 'x'.repeat(11) }, ['password']],
    ['6 emoji as a password', { ...form(), password: '🔑'.repeat(6) }, ['password']],
    ['129 characters of password', { ...form(), password: 'x'.repeat(129) }, ['password']],
    ['a common password', { ...form(), password: 'Password1234' }, ['password']],
    [
      'a password with the e-mail in it',
      { ...form(), email: 'ada.lovelace@example.test', password: 'ada.lovelace-72-moth' },
      ['password'],
    ],
    ['an empty name', { ...form(), displayName: '   ' }, ['displayName']],
    ['a name with NUL', { ...form(), displayName: 'a\u0000b' }, ['displayName']],
    ['101 characters of name', { ...form(), displayName: 'x'.repeat(101) }, ['displayName']],
  ])('refuses %s', async (_what, body, paths) => {
    const answer = await register(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    const errors = (answer.body['errors'] ?? []) as { path: string }[];
    expect(errors.map(({ path }) => path)).toEqual(paths);
  });

  it('takes 12 and 128 characters of any kind', async () => {
    expect((await register({ ...form(), password: '🔑🦊🌵🎲🚲🍋🪐🧊🎻🐙🌋🧲' })).status).toBe(201);
    expect((await register({ ...form(), password: `é${'äöü ñ ß ç'.repeat(14)}ô` })).status).toBe(201);
  });

  it('refuses another media type and too large a body', async () => {
    const headers = { 'content-type': 'text/xml' };
    expect(await service.call('POST', '/auth/register', { body: '<a/>', headers })).toMatchObject({
      status: 415,
      body: { code: 'ERR_MEDIA_TYPE' },
    });
    const asForm = await service.form('/auth/register', form());
    expect(asForm).toMatchObject({ status: 415, body: { code: 'ERR_MEDIA_TYPE' } });
    expect(await register({ ...form(), displayName: 'x'.repeat(66_000) })).toMatchObject({
      status: 413,
      body: { code: 'ERR_BODY_TOO_LARGE' },
    });
  });
});
