/**
 * The experiment format for editors: completion, types and descriptions while writing YAML. Derived from the schema,
 * committed, and checked by a test.
 */
import { z } from 'zod';
import type { ExperimentFormat } from './format.ts';

type JsonSchema = { readonly [key: string]: unknown };

/**
 * docs/experiment.schema.json. A file that `extends` another one may leave out any key, and may remove inherited ones
 * with null.
 */
export function experimentJsonSchema({ experiment }: ExperimentFormat): JsonSchema {
  const { $schema, $defs, ...whole } = z.toJSONSchema(experiment, { io: 'input' }) as JsonSchema;
  return {
    $schema,
    title: 'Experiment',
    $defs,
    ...(asExtension(whole) as JsonSchema),
    if: { required: ['extends'], properties: { extends: { type: 'string' } } },
    else: whole,
  };
}

/** Nothing is required. Null is allowed where it removes what is inherited: map entries, and keys empty by default. */
function asExtension(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asExtension);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === 'required' && Array.isArray(value)))
      .map(([key, value]) => [key, isRemovable(key, value) ? orNull(asExtension(value)) : asExtension(value)]),
  );
}

function isRemovable(key: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (key === 'additionalProperties') return true;
  const empty = 'default' in value ? value.default : null;
  return typeof empty === 'object' && empty !== null && Object.keys(empty).length === 0;
}

function orNull(schema: unknown): unknown {
  return { anyOf: [schema, { type: 'null' }] };
}
