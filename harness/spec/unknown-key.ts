/** A key that the format does not have at its place: which keys it has, and what was probably meant. */
import type { z } from 'zod';
import { formatPath, hint, type Path, type Problem } from './problem.ts';
import { allowedKeys, fieldOf, kindsWithKey, pathsEndingIn, schemasAt, valueAt } from './schema-keys.ts';
import { didYouMean, nearestWord } from './suggest.ts';

export interface Context {
  readonly root: z.ZodType;
  readonly value: unknown;
  /** Where `value` lies in the experiment. */
  readonly prefix: Path;
}

export function unknownKey(key: string, path: Path, context: Context): Problem {
  const { root, prefix } = context;
  const kinds = kindsThatHave(key, path, context);
  const allowed = keysAt(path, context);
  const full = [...prefix, ...path, key];
  return {
    at: full,
    atKey: true,
    path: formatPath(full),
    expected: `${keysInWords(kinds, path, context)} ${allowed.join(', ')}`,
    found: `the unknown key ${key}`,
    ...hint(otherKind(key, kinds) ?? keyHint(key, allowed) ?? misplaced(root, key, prefix)),
  };
}

function kindsThatHave(key: string, path: Path, { root, value }: Context): readonly string[] {
  return [...new Set(schemasAt(root, value, path).flatMap((schema) => kindsWithKey(schema, key)))];
}

function keysAt(path: Path, { root, value }: Context): readonly string[] {
  const holder = valueAt(value, path);
  return [...new Set(schemasAt(root, value, path).flatMap((schema) => allowedKeys(schema, holder)))];
}

/** Where the key belongs to another kind, this kind is named too. */
function keysInWords(kinds: readonly string[], path: Path, { value }: Context): string {
  const kind = fieldOf(valueAt(value, path), 'kind');
  return typeof kind === 'string' && kinds.length > 0 ? `the keys of kind ${kind}:` : 'one of the keys';
}

function otherKind(key: string, kinds: readonly string[]): string | null {
  return kinds.length === 0 ? null : `${key} is a field of kind ${kinds.join(' or ')}`;
}

/** The key that an unknown one is a slip of; null where there is none. */
export function slipOfKey(key: string, path: Path, context: Context): string | null {
  const allowed = keysAt(path, context);
  return gluedKey(key, allowed) ?? nearestWord(key, allowed);
}

/** What to write for a key that is a slip of an allowed one. */
export function keyHint(key: string, allowed: readonly string[]): string | null {
  const glued = gluedKey(key, allowed);
  return glued === null ? didYouMean(key, allowed) : `write ${glued}: ${key.slice(glued.length + 1)}, with a space`;
}

/** `{steps:10}` is one key for YAML. */
function gluedKey(key: string, allowed: readonly string[]): string | null {
  const name = key.slice(0, Math.max(0, key.indexOf(':')));
  return allowed.includes(name) ? name : null;
}

/** Where a key belongs that is not allowed at its place; null where it belongs nowhere. */
export function misplaced(root: z.ZodType, key: string, prefix: Path = []): string | null {
  const places = pathsEndingIn(root, key)
    .slice(0, 3)
    .map((place) => [...prefix, ...place.split('.').slice(0, -1)].join('.') || 'the top level');
  return places.length === 0 ? null : `${key} belongs to ${places.join(' or ')}`;
}
