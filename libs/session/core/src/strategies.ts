/** Where the truth of a session is (`SESSION_STRATEGY`). */
export const STRATEGIES = ['token', 'store', 'hybrid'] as const;

/** One of them. */
export type SessionStrategy = (typeof STRATEGIES)[number];

const OF_HYBRID = [
  'G1',
  'G2',
  'G4',
  'G5',
  'G6',
  'G7',
  'G8',
  'G9',
  'G10',
  'G11',
  'G12',
  'G13',
  'G14',
  'G15',
  'G16',
  'G17',
  'G18',
  'G19',
  'G20',
] as const;

/** A promise of docs/guarantees.md. */
export type GuaranteeId = (typeof OF_HYBRID)[number];

/** What a strategy declares, and why it leaves out what it does. */
export interface Declaration {
  readonly declared: readonly GuaranteeId[];
  /** By guarantee that is not declared: what happens instead. */
  readonly absent: Readonly<Partial<Record<GuaranteeId, string>>>;
}

/**
 * The guarantees that each strategy declares; docs/guarantees.md says the same, and a test compares the two. What is not
 * declared is shown to be absent by the end-to-end tests, so that nobody counts on it.
 */
export const DECLARATIONS: Readonly<Record<SessionStrategy, Declaration>> = {
  token: {
    declared: ['G1', 'G2', 'G4', 'G7', 'G12', 'G16', 'G17', 'G19', 'G20'],
    absent: {
      G5: 'no session is in Redis, and no logout is acknowledged',
      G6: 'nobody is taken for a thief, and nobody is found out',
      G8: 'a logout is the client’s own: its token is taken until it ends',
      G9: 'a session that was logged out goes on with the tokens that somebody kept',
      G10: 'of parallel writes the last one counts',
      G11: 'a refresh token is good until the absolute deadline, for a thief too',
      G13: 'there is no store to dump',
      G14: 'the absolute deadline holds to the second; idleness does not exist',
      G15: 'only a deadline and a disabled account are told, at a refresh',
      G18: 'a logout is the client’s own, and no event',
    },
  },
  store: {
    declared: OF_HYBRID.filter((id) => id !== 'G7'),
    absent: { G7: 'signed-in requests wait for the store for 3 seconds, then answer 503' },
  },
  hybrid: { declared: OF_HYBRID, absent: {} },
};
