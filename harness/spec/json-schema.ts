/**
 * The experiment format for editors: completion, types and descriptions while writing YAML. Derived from the schema,
 * committed, and checked by a test.
 */
import { z } from 'zod';
import type { ExperimentFormat } from './format.ts';

type JsonSchema = { readonly [key: string]: unknown };

/**
 * docs/experiment.schema.json. A file that `extends` another one may leave out any key, so for it nothing is required.
 */
export function experimentJsonSchema({ experiment }: ExperimentFormat): JsonSchema {
  const { $schema, $defs, ...whole } = z.toJSONSchema(experiment, { io: 'input' }) as JsonSchema;
  return {
    $schema,
    title: 'Experiment',
    $defs,
    ...(withoutRequired(whole) as JsonSchema),
    if: { required: ['extends'], properties: { extends: { type: 'string' } } },
    else: whole,
  };
}

function withoutRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === 'required' && Array.isArray(value)))
      .map(([key, value]) => [key, withoutRequired(value)]),
  );
}
