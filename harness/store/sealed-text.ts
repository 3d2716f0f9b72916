/**
 * JSON that carries its own sha256, in its first member. For files that stand alone: a stage's records have `seal.json`.
 */
import { hash } from 'node:crypto';
import { toJson } from './durable.ts';

const unset = '0'.repeat(64);
const beginning = /^\{\n {2}"sha256": "([0-9a-f]{64})"/;

export function toSealedJson(value: object): string {
  const text = toJson({ sha256: unset, ...value });
  return text.replace(unset, hash('sha256', text, 'hex'));
}

/**
 * Null, or how a text is not what `toSealedJson` wrote. Earlier versions wrote no sha256: their texts are not compared.
 * @param json What the text holds.
 */
export function sealDamage(text: string, json: object): string | null {
  const stated = beginning.exec(text)?.[1];
  if (stated === undefined) return 'sha256' in json ? 'its sha256 is not where it was written' : null;
  const found = hash('sha256', text.replace(stated, unset), 'hex');
  return found === stated ? null : `it has sha256 ${found.slice(0, 12)}, and says ${stated.slice(0, 12)}`;
}
