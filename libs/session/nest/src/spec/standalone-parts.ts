import { generateKeyPairSync } from 'node:crypto';
import {
  DEFAULT_SESSION_SETTINGS,
  MemorySessionStore,
  RefreshTokens,
  SessionIds,
  SessionKeys,
  SessionManager,
} from '@holdfast/session-core';
import { AccessTokenSigner } from '../access-token-signer.js';
import type { StandaloneSessionOptions } from '../standalone-sessions.js';
import { counted } from './counting-store.js';

const SECRET = 's'.repeat(43);

/** What an application without a gateway is given, with a clock that its spec turns. */
export class StandaloneParts implements StandaloneSessionOptions {
  /** What the clock says, epoch milliseconds. */
  now = Date.now();
  /** How often the store was closed. */
  closed = 0;
  readonly clock = { now: () => this.now };
  readonly store = counted(new MemorySessionStore({ clock: this.clock }));
  readonly manager: SessionManager;
  readonly tokens: AccessTokenSigner;
  readonly sessions: StandaloneSessionOptions['sessions'];

  constructor() {
    const ids = new SessionIds(SessionKeys.fromSecret(SECRET));
    const refreshTokens = new RefreshTokens({ activeKeyId: '1', keys: { '1': SECRET } }, ids);
    const { store } = this.store;
    this.manager = new SessionManager({ store, ids, refreshTokens, settings: DEFAULT_SESSION_SETTINGS });
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.tokens = new AccessTokenSigner({ issuer: 'https://a.test', audience: 'a', key, clock: this.clock });
    this.sessions = { manager: this.manager, close: async () => void (this.closed += 1) };
  }

  /** Begins a session of `u1`. */
  async begin(roles: readonly string[] = ['user']) {
    const client = { ip: '::1', userAgent: 'spec' };
    const { session } = await this.manager.begin({ userId: 'u1', roles, client });
    return { id: session.record.sessionId, sign: () => this.tokens.sign(session) };
  }
}
