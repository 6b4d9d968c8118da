import type { PresentedRefresh, RotationSecret } from './session-store.js';

/** The rotation state of one session. */
export interface Rotation {
  readonly generation: number;
  readonly current: RotationSecret;
  readonly previousHash?: string;
  readonly rotatedAt: number;
}

/** What a genuine refresh token means, given what was rotated before. */
export type RotationVerdict = 'rotate' | 'repeat' | 'theft' | 'refuse';

/**
 * Decides by generation first: a wrong secret for its generation is a guess and ends nothing; the
 * previous one is a race or a retry within the window; anything older can only be stolen.
 */
export function judgeRotation(
  rotation: Rotation,
  presented: PresentedRefresh,
  now: number,
  windowMs: number,
): RotationVerdict {
  const behind = rotation.generation - presented.generation;
  if (behind < 0) return 'refuse';
  if (behind === 0) return presented.hash === rotation.current.hash ? 'rotate' : 'refuse';
  if (behind > 1) return 'theft';
  if (presented.hash !== rotation.previousHash) return 'refuse';
  return now - rotation.rotatedAt <= windowMs ? 'repeat' : 'theft';
}

/** The state after a rotation. */
export function rotated(rotation: Rotation, successor: RotationSecret, now: number): Rotation {
  return {
    generation: rotation.generation + 1,
    current: successor,
    previousHash: rotation.current.hash,
    rotatedAt: now,
  };
}
