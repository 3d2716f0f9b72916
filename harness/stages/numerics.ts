/**
 * The arithmetic of a stage by the name that its config has for it: what a trial asks for, and what a backend has that
 * differs from ours by more than rounding. null: float32 as we compute it.
 */
import type { Numerics } from '../spec/experiment-schema.ts';

/** @param ofBackend A backend's own name for its arithmetic; null = ours. */
export function numericsName(ofBackend: string | null, asked: Numerics): string | null {
  if (asked === 'float32') return ofBackend;
  return ofBackend === null ? asked : `${ofBackend} ${asked}`;
}

/** What the config of a stage asks for. */
export function numericsIn(config: object): Numerics {
  const name = 'numerics' in config && typeof config.numerics === 'string' ? config.numerics : '';
  return name.split(' ').at(-1) === 'bfloat16' ? 'bfloat16' : 'float32';
}
