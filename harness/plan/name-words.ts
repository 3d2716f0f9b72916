/** The words that names of stages are made of. */
import type { NamedAxes } from './named-plan.ts';

/** `PMP-2048`, `LM-2048`, `LM-2048 equal tokens`, `from scratch`; without the pairs where they are null. */
export function armName(arm: unknown, pairs: unknown): string | null {
  if (typeof arm !== 'string') return null;
  const size = typeof pairs === 'number' && pairs > 0 ? `-${pairs}` : '';
  if (arm === 'scratch' || arm === 'none') return 'from scratch';
  if (arm === 'pmp') return `PMP${size}`;
  if (arm === 'lm-equal-pairs') return `LM${size}`;
  return arm === 'lm-equal-tokens' ? `LM${size} equal tokens` : `${arm}${size}`;
}

/** `finetune.optimizer.learningRate`, 0.003 -> `lr 0.003`. */
export const setting = (path: string, value: unknown): string => `${lastWord(path)} ${String(value)}`;

export function lastWord(path: string): string {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last === 'learningRate' ? 'lr' : last.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The model of a trial, by its name in the experiment. */
export const modelName = ({ model, architecture }: NamedAxes): string | null => text(model ?? architecture);

/** The value that all of them have; null where they differ. */
export function only(values: readonly (string | null)[]): string | null {
  return new Set(values).size === 1 ? (values[0] ?? null) : null;
}

export const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;
export const listed = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(', ');
