/** What goes first, and what goes overboard last. */
export type Priority = 'high' | 'normal' | 'low';

/** From what is served first to what is shed first. */
export const PRIORITIES = ['high', 'normal', 'low'] as const satisfies readonly Priority[];

/** How long requests may wait for their turn. */
export interface AdmissionSettings {
  /** Most that wait at a time. Default 1,000. */
  readonly waiting: number;
  /** A queue that was empty this recently is a burst, which is waited for. In milliseconds, default 1,000. */
  readonly burstMs: number;
  /**
   * How long somebody who joins a queue that stands may have to wait, high ones apart, in milliseconds. Default 500, or
   * four times what the service usually takes if that is more.
   */
  readonly standingWaitMs: number;
}

/** What holds where nothing else is set. */
export const DEFAULT_ADMISSION: AdmissionSettings = { waiting: 1_000, burstMs: 1_000, standingWaitMs: 500 };
