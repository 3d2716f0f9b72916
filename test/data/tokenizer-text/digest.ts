import { createHash } from 'node:crypto';
import type { Result } from './ours.ts';

/** Of texts in one case of a fixture. */
export const fixtureTexts = { count: 60, seed: 1 };

export function digestOf(results: readonly Result[]): string {
  return createHash('sha256').update(JSON.stringify(results)).digest('base64url').slice(0, 12);
}
