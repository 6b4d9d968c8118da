import { randomBytes } from 'node:crypto';
import { sealing } from './instance.js';

/** Microseconds that sealing and opening a value of so many bytes take. */
export interface SealingCost {
  readonly bytes: number;
  readonly sealMicros: number;
  readonly openMicros: number;
}

const ROUNDS = 50_000;

/** Measures sealing and opening a value, one after the other on one core. */
export function measureSealing(bytes: number): SealingCost {
  const clear = randomBytes(bytes);
  const sealed = sealing.seal('bench', clear);
  const sealMicros = micros(() => sealing.seal('bench', clear));
  return { bytes, sealMicros, openMicros: micros(() => sealing.open('bench', sealed)) };
}

function micros(operation: () => unknown): number {
  for (let n = 0; n < ROUNDS / 10; n += 1) operation();
  const from = performance.now();
  for (let n = 0; n < ROUNDS; n += 1) operation();
  return ((performance.now() - from) * 1_000) / ROUNDS;
}
