/** The words that names of stages are made of. */
import { findArm, type Arm } from '../kinds/index.ts';

/** `PMP-2048`, `LM-2048 equal tokens`, `no pretraining`: an arm by its id; without the pairs where they are null. */
export function armName(id: unknown, pairs: unknown, arms: readonly Arm[]): string | null {
  if (typeof id !== 'string') return null;
  const label = findArm(id, arms)?.shortLabel ?? id;
  return typeof pairs === 'number' && pairs > 0 ? label.replace(/^\S+/, (word) => `${word}-${pairs}`) : label;
}

/** `finetune.optimizer.learningRate`, 0.003 -> `lr 0.003`. */
export const setting = (path: string, value: unknown): string => `${lastWord(path)} ${String(value)}`;

export function lastWord(path: string): string {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last === 'learningRate' ? 'lr' : last.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The value that all of them have; null where they differ. */
export function only(values: readonly (string | null)[]): string | null {
  return new Set(values).size === 1 ? (values[0] ?? null) : null;
}

export const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;
export const listed = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(', ');
