/**
 * Questions to the schema itself: which keys are allowed where, does a path exist, are these alternatives. Saves
 * writing the format down twice.
 */
import { z } from 'zod';

type Schema = z.ZodType;

/** The schema inside defaults and nullables. */
export function peel(schema: Schema): Schema {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodNullable
    ? peel(schema.def.innerType as Schema)
    : schema;
}

/** Whether null is a value of the schema itself, e.g. "off". */
export function isNullable(schema: Schema): boolean {
  if (schema instanceof z.ZodNullable) return true;
  return schema instanceof z.ZodDefault && isNullable(schema.def.innerType as Schema);
}

export function discriminatorOf(schema: Schema): string | null {
  return schema instanceof z.ZodDiscriminatedUnion ? schema.def.discriminator : null;
}

export function unionOptions(schema: Schema): readonly Schema[] {
  return schema instanceof z.ZodUnion ? (schema.def.options as readonly Schema[]).map(peel) : [];
}

/** Alternatives distinguished by which key is there, e.g. `{steps}` or `{fraction}`: never to be merged. */
export function exclusiveUnits(schema: Schema): readonly string[] | null {
  const options = unionOptions(schema);
  if (
    options.length === 0 ||
    discriminatorOf(schema) !== null ||
    !options.every((option) => option instanceof z.ZodObject)
  )
    return null;
  return options.flatMap((option) => Object.keys(option.shape));
}

/**
 * Allowed keys of a map, given the kind that is written in it (all kinds where it is unknown); empty where no map is
 * allowed.
 */
export function allowedKeys(given: Schema, value: unknown): readonly string[] {
  const schema = peel(given);
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return [...new Set(candidates(schema, value).flatMap((option) => allowedKeys(option, value)))];
}

/** The schemas a key of `value` may follow: several while the kind is open, none where the key is unknown. */
export function childSchemas(given: Schema, value: unknown, key: string | number): readonly Schema[] {
  const schema = peel(given);
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, key) ? [schema.shape[key] as Schema] : [];
  if (schema instanceof z.ZodRecord) return [schema.def.valueType as Schema];
  if (schema instanceof z.ZodArray) return typeof key === 'number' ? [schema.def.element as Schema] : [];
  return candidates(schema, value).flatMap((option) => childSchemas(option, value, key));
}

/** Schema options that agree with the discriminator found in `value`; all of them where none does. */
function candidates(schema: Schema, value: unknown): readonly Schema[] {
  const options = unionOptions(schema);
  const discriminator = discriminatorOf(schema);
  if (discriminator === null) return options;
  const found = fieldOf(value, discriminator);
  const matching = options.filter((option) => kindsOf(option, discriminator).includes(found));
  return matching.length > 0 ? matching : options;
}

/** Which kinds of a discriminated union have this key. */
export function kindsWithKey(given: Schema, key: string): readonly string[] {
  const schema = peel(given);
  const discriminator = discriminatorOf(schema);
  if (discriminator === null) return [];
  return unionOptions(schema)
    .filter((option) => option instanceof z.ZodObject && Object.hasOwn(option.shape, key))
    .flatMap((option) => kindsOf(option, discriminator).map(String));
}

export function kindsOf(option: Schema, discriminator: string): readonly unknown[] {
  const literal = option instanceof z.ZodObject ? peel(option.shape[discriminator] as Schema) : null;
  return literal instanceof z.ZodLiteral ? [...literal.def.values] : [];
}

/** The schemas at a path of `root`; `value` decides between kinds. */
export function schemasAt(root: Schema, value: unknown, path: readonly (string | number)[]): readonly Schema[] {
  const [key, ...rest] = path;
  if (key === undefined) return [root];
  return childSchemas(root, value, key).flatMap((child) => schemasAt(child, fieldOf(value, key), rest));
}

export interface UnknownPath {
  readonly depth: number;
  readonly key: string;
  readonly allowed: readonly string[];
}

/** The first part of a dotted path that no kind of the format has; null where the whole path exists. */
export function unknownPart(root: Schema, path: readonly string[]): UnknownPath | null {
  let schemas: readonly Schema[] = [root];
  for (const [depth, key] of path.entries()) {
    const children = schemas.flatMap((schema) => childSchemas(schema, undefined, key));
    if (children.length === 0)
      return { depth, key, allowed: [...new Set(schemas.flatMap((schema) => allowedKeys(schema, undefined)))] };
    schemas = children;
  }
  return null;
}

/**
 * The shortest dotted paths that end in this key, for "it belongs there": a model inside a pair source has all fields
 * too.
 */
export function pathsEndingIn(root: Schema, key: string): readonly string[] {
  const all = allPathsEndingIn(root, key).map((path) => ({ path, depth: path.split('.').length }));
  const shortest = Math.min(...all.map(({ depth }) => depth));
  return all.filter(({ depth }) => depth === shortest).map(({ path }) => path);
}

function allPathsEndingIn(root: Schema, key: string, prefix: readonly string[] = []): readonly string[] {
  const found = allowedKeys(root, undefined).flatMap((name) => {
    const here = [...prefix, name];
    const below = childSchemas(root, undefined, name).flatMap((child) => allPathsEndingIn(child, key, here));
    return name === key ? [here.join('.'), ...below] : below;
  });
  return [...new Set(found)];
}

/**
 * Whether `key: null` removes what is inherited: an entry of a record whose values are never null (an axis, a case, a
 * path to choose), or a key that is empty by default (`exclude`, `zip`). Elsewhere null is a value or an error.
 */
export function isRemovable(given: Schema, key: string): boolean {
  const schema = peel(given);
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, key) && isEmptyByDefault(schema.shape[key]);
  if (schema instanceof z.ZodRecord) return !(schema.def.valueType as Schema).safeParse(null).success;
  return discriminatorOf(schema) === null && unionOptions(schema).some((option) => isRemovable(option, key));
}

function isEmptyByDefault(schema: unknown): boolean {
  if (!(schema instanceof z.ZodDefault)) return false;
  const value = schema.def.defaultValue;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export function fieldOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, part) => fieldOf(node, part), value);
}
