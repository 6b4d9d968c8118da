import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Internal, Public, Roles, StepUp } from './session.decorators.js';
import { startSessionApp, type SessionApp } from './spec/session-app.js';

@Controller()
class Routes {
  @StepUp()
  @Get('safe')
  safe() {
    return { open: true };
  }

  @StepUp(60_000)
  @Roles('admin')
  @Get('vault')
  vault() {
    return { open: true };
  }
}

@StepUp()
@Roles('admin')
@Controller('office')
class Office {
  @Get('desk')
  desk() {
    return { open: true };
  }

  @StepUp(600_000)
  @Get('drawer')
  drawer() {
    return { open: true };
  }

  @Roles('user')
  @Get('hall')
  hall() {
    return { open: true };
  }

  @Public()
  @Get('lobby')
  lobby() {
    return { open: true };
  }
}

let app: SessionApp;
let now: number;
beforeAll(async () => {
  app = await startSessionApp([Routes, Office], { clock: { now: () => now } });
});
afterAll(() => app.close());

/** A session that has stepped up, and tokens of it. */
async function steppedUp(roles = ['user']) {
  const { id } = await app.begin({ roles });
  const { record } = (await app.manager.stepUp(id, { acr: 2 })).session;
  now = record.steppedUpAt ?? 0;
  const seconds = Math.floor(now / 1000);
  const token = (changes = {}) =>
    app.mint.sign(
      app.mint.userClaims('u1', id, { roles, acr: '2', step_up_time: seconds, ...times(), ...changes }),
    );
  return { id, token };
}

const times = () => {
  const iat = Math.floor(now / 1000);
  return { iat, exp: iat + 300, auth_time: iat };
};
const status = async (path: string, token: string) => (await app.get(path, token)).status;

describe('@StepUp()', () => {
  it('opens to a session that has stepped up, for as long as it says', async () => {
    const { token } = await steppedUp();
    expect(await status('/safe', token())).toBe(200);
    now += 299_000;
    expect(await status('/safe', token())).toBe(200);
    now += 1_001;
    expect(await status('/safe', token())).toBe(403);
  });

  it('asks for a step-up by RFC 9470', async () => {
    const { token } = await app.begin();
    const { status: code, body, challenge } = await app.get('/safe', token);
    expect([code, body.code]).toEqual([403, 'ERR_STEP_UP_REQUIRED']);
    expect(challenge).toBe(
      'Bearer realm="holdfast", error="insufficient_user_authentication", ' +
        'error_description="This needs a step-up in the last 300 s.", acr_values="2", max_age="300"',
    );
  });

  it('is not satisfied by signing in, even with a second factor a moment ago', async () => {
    expect(await status('/safe', (await app.begin({ acr: 2 })).token)).toBe(403);
  });

  it('counts what both the token and the record know', async () => {
    const { id, token } = await steppedUp();
    expect(await status('/safe', token({ step_up_time: undefined }))).toBe(403);
    expect(await status('/safe', token({ acr: '1' }))).toBe(403);
    expect(await status('/safe', token({ step_up_time: Math.floor(now / 1000) - 301 }))).toBe(403);
    const other = await app.begin();
    const claimed = { acr: '2', step_up_time: Math.floor(now / 1000) };
    expect(await status('/safe', app.mint.sign(app.mint.userClaims('u1', other.id, claimed)))).toBe(403);
    await app.manager.revoke(id, 'logout');
    expect(await status('/safe', token())).toBe(401);
  });

  it('is asked for after the role: who has it not types no password in vain', async () => {
    const guest = await app.get('/vault', (await steppedUp(['user'])).token());
    expect(guest.body.code).toBe('ERR_FORBIDDEN');
    const { token } = await steppedUp(['admin']);
    expect(await status('/vault', token())).toBe(200);
    now += 61_000;
    expect(await app.get('/vault', token())).toMatchObject({
      status: 403,
      challenge: expect.stringContaining('max_age="60"'),
    });
  });

  it('on a controller is for all its methods but those that say otherwise', async () => {
    const { token } = await steppedUp(['admin', 'user']);
    now += 400_000;
    expect(await status('/office/desk', token())).toBe(403);
    expect(await status('/office/hall', token())).toBe(403);
    expect(await status('/office/drawer', token())).toBe(200);
    expect(await status('/office/lobby', 'nonsense')).toBe(200);
  });

  it('needs a credential and a user', async () => {
    now = Date.now();
    expect((await app.get('/safe')).status).toBe(401);
    expect(await status('/safe', app.mint.sign(app.mint.serviceClaims('auth')))).toBe(403);
  });
});

describe('@StepUp() where nobody could step up', () => {
  const contradictions: Readonly<Record<string, () => unknown>> = {
    'beside @Public()': () => {
      class Torn {
        @StepUp()
        @Public()
        route() {
          return {};
        }
      }
      return Torn;
    },
    'beside @Internal(), in the other order': () => {
      class Torn {
        @Internal('auth')
        @StepUp()
        route() {
          return {};
        }
      }
      return Torn;
    },
    'on a method of a @Public() controller': () => {
      @Public()
      class Torn {
        @StepUp()
        route() {
          return {};
        }
      }
      return Torn;
    },
    'on an @Internal() controller': () => {
      @StepUp()
      @Internal('auth')
      class Torn {}
      return Torn;
    },
    'within no time': () => StepUp(0),
    'within a fraction': () => StepUp(1_000.5),
  };

  it.each(Object.entries(contradictions))('is refused: %s', (_name, declare) => {
    expect(declare).toThrow(TypeError);
  });
});
