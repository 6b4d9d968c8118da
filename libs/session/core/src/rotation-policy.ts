import type { PresentedRefresh, RotationSecret } from './session-store.js';

/** The rotation state of one session. */
export interface Rotation {
  readonly generation: number;
  readonly current: RotationSecret;
  readonly previousHash?: string;
  /** The current secret was not derived from the previous one: a step-up made it. */
  readonly isFresh?: true;
  readonly rotatedAt: number;
}

/** What a genuine refresh token means, given what was rotated before. `ahead`: the store has lost what came since. */
export type RotationVerdict = 'rotate' | 'repeat' | 'theft' | 'ahead' | 'refuse';

/**
 * Decides by generation first: a wrong secret for its generation is a guess and ends nothing; the
 * previous one is a race or a retry within the window; anything older can only be stolen. After a step-up there is no
 * successor that a retry could be given: the raised one is not for who holds the token of before.
 */
export function judgeRotation(
  rotation: Rotation,
  presented: PresentedRefresh,
  now: number,
  windowMs: number,
): RotationVerdict {
  const behind = rotation.generation - presented.generation;
  if (behind < 0) return 'ahead';
  if (behind === 0) return presented.hash === rotation.current.hash ? 'rotate' : 'refuse';
  if (behind > 1) return 'theft';
  if (presented.hash !== rotation.previousHash) return 'refuse';
  if (now - rotation.rotatedAt > windowMs) return 'theft';
  return rotation.isFresh ? 'refuse' : 'repeat';
}

/** Whether it is the current secret. */
export function isCurrent({ generation, current }: Rotation, presented: PresentedRefresh): boolean {
  return presented.generation === generation && presented.hash === current.hash;
}

/** The state after a rotation. */
export function rotated(rotation: Rotation, successor: RotationSecret, now: number): Rotation {
  const { generation, current } = rotation;
  return { generation: generation + 1, current: successor, previousHash: current.hash, rotatedAt: now };
}

/** The state after a rotation that the store has not seen the beginning of. */
export function healed(presented: PresentedRefresh, successor: RotationSecret, now: number): Rotation {
  const { generation, hash: previousHash } = presented;
  return { generation: generation + 1, current: successor, previousHash, rotatedAt: now };
}

/** The state after a step-up. */
export function renewed(rotation: Rotation, fresh: RotationSecret, now: number): Rotation {
  return { ...rotated(rotation, fresh, now), isFresh: true };
}
