/** How long sessions live and how many a user may have. All durations are milliseconds. */
export interface SessionSettings {
  /** Longest pause between two signs of activity. Default 30 minutes. */
  readonly idleTimeoutMs: number;
  /** Longest life of a session. Default 12 hours. */
  readonly absoluteTimeoutMs: number;
  /** Longest life of a session begun with "remember me". Default 30 days. */
  readonly rememberMeTimeoutMs: number;
  /** Longest pause of such a session. Default 30 minutes. */
  readonly rememberMeIdleTimeoutMs: number;
  /** Longest life of a guest's session. Default 7 days. */
  readonly guestTimeoutMs: number;
  /** Longest pause of a guest's session. Default 30 minutes. */
  readonly guestIdleTimeoutMs: number;
  /** How long the previous refresh token is taken for a race or a retry, and the previous cookie is good. Default 30 seconds. */
  readonly refreshWindowMs: number;
  /** Sessions that a user may have; the least recently active gives way. Default 100. */
  readonly sessionsPerUser: number;
  /** How long an ended session can say why. At least one access token's lifetime. Default 24 hours. */
  readonly tombstoneMs: number;
}

/** The defaults of the HTTP contract. */
export const DEFAULT_SESSION_SETTINGS: SessionSettings = Object.freeze({
  idleTimeoutMs: 1_800_000,
  absoluteTimeoutMs: 43_200_000,
  rememberMeTimeoutMs: 2_592_000_000,
  rememberMeIdleTimeoutMs: 1_800_000,
  guestTimeoutMs: 604_800_000,
  guestIdleTimeoutMs: 1_800_000,
  refreshWindowMs: 30_000,
  sessionsPerUser: 100,
  tombstoneMs: 86_400_000,
});

/** @throws TypeError unless every setting is a positive integer (a window of 0 is allowed: no repeats) */
export function checkSettings(settings: SessionSettings): SessionSettings {
  for (const [name, value] of Object.entries(settings)) {
    const least = name === 'refreshWindowMs' ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new TypeError(`${name} must be an integer of at least ${least}.`);
    }
  }
  return Object.freeze({ ...settings });
}

/** The deadlines of a session that is about to begin. A guest is not remembered for longer. */
export function timeouts(
  settings: SessionSettings,
  kind: { readonly guest?: boolean; readonly rememberMe?: boolean },
): { readonly idleTimeoutMs: number; readonly absoluteTimeoutMs: number } {
  if (kind.guest) {
    return { idleTimeoutMs: settings.guestIdleTimeoutMs, absoluteTimeoutMs: settings.guestTimeoutMs };
  }
  if (kind.rememberMe) {
    const { rememberMeIdleTimeoutMs, rememberMeTimeoutMs } = settings;
    return { idleTimeoutMs: rememberMeIdleTimeoutMs, absoluteTimeoutMs: rememberMeTimeoutMs };
  }
  return { idleTimeoutMs: settings.idleTimeoutMs, absoluteTimeoutMs: settings.absoluteTimeoutMs };
}
