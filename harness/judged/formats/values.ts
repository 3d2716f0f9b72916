/** Values of a row's fields, as the formats read them. */
import { nameIn } from '../../data/index.ts';
import { stepRules, type Fields, type StepRule } from './score-format.ts';

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number, or NaN for null, which is how JSON writes what is not finite; undefined for anything else. */
export function scoreOf(value: unknown): number | undefined {
  if (value === null) return NaN;
  return typeof value === 'number' ? value : undefined;
}

/** A score, or the scores of its steps as one; a text says why there is none. */
export function stepsScore(value: unknown, rule: StepRule | null): number | string {
  if (!Array.isArray(value)) return scoreOf(value) ?? `found ${nameOf(value)}; expected a number`;
  const steps = value.map(scoreOf);
  if (steps.some((step) => step === undefined)) return 'found a list that is not of numbers';
  if (steps.length === 1) return steps[0] as number;
  if (steps.length === 0) return 'found an empty list';
  if (rule === null) return `found scores of ${steps.length} steps; --steps says how they become one score`;
  return stepRules[rule](steps as number[]);
}

/** A text, or a number as it was written. */
export function textOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? nameIn(fields, name) : null;
}

/** The first of these fields that is a text or a number. */
export function firstText(fields: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const text = textOf(fields, name);
    if (text !== null) return text;
  }
  return null;
}

/** true and 1, false and 0; null where nobody could tell; undefined for anything else. */
export function labelOf(value: unknown): boolean | null | undefined {
  if (value === null || typeof value === 'boolean') return value;
  return value === 1 ? true : value === 0 ? false : undefined;
}

export function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isObject(value)) return 'an object';
  return `${typeof value === 'string' ? 'the text ' : ''}${JSON.stringify(value).slice(0, 60)}`;
}
