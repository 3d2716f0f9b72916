/**
 * The experiment format for editors: completion, types and descriptions while writing YAML. Derived from the schema,
 * committed, and checked by a test.
 */
import { z } from 'zod';
import type { ExperimentFormat, SectionName } from './format.ts';

type JsonSchema = { readonly [key: string]: unknown };

/**
 * docs/experiment.schema.json. A file that `extends` another one may leave out any key and take inherited ones away
 * with null. A file with `plugins` (or whose base may have some) may name kinds that are not known here: `harness
 * validate` checks those.
 */
export function experimentJsonSchema({ experiment }: ExperimentFormat): JsonSchema {
  const { $schema, $defs, ...whole } = z.toJSONSchema(experiment, { io: 'input' }) as JsonSchema;
  return {
    $schema,
    title: 'Experiment',
    $defs,
    ...(withOtherKinds(asExtension(whole)) as JsonSchema),
    if: {
      anyOf: [
        { required: ['extends'], properties: { extends: { type: ['string', 'array'] } } },
        { required: ['plugins'], properties: { plugins: { minItems: 1 } } },
      ],
    },
    else: whole,
  };
}

/** Sections that name a kind may have one that is not listed, with any fields. */
function withOtherKinds(schema: unknown): unknown {
  const { properties, ...rest } = schema as { readonly properties: Readonly<Record<string, unknown>> };
  const opened = Object.entries(properties).map(([name, section]) => [
    name,
    (kindSections as readonly string[]).includes(name) ? withOtherKind(section) : section,
  ]);
  return { ...rest, properties: Object.fromEntries(opened) as unknown };
}

function withOtherKind(section: unknown): unknown {
  const { oneOf, anyOf, ...rest } = section as Union;
  if (oneOf === undefined) return { ...rest, anyOf: anyOf?.map((one) => ('oneOf' in one ? withOtherKind(one) : one)) };
  const known = oneOf.map(({ properties }) => properties?.kind.const);
  const other = { type: 'object', properties: { kind: { type: 'string', not: { enum: known } } }, required: ['kind'] };
  return { ...rest, oneOf: [...oneOf, other] };
}

const kindSections = [
  'start',
  'corpus',
  'tokenizer',
  'descriptions',
  'pairs',
  'task',
] as const satisfies readonly SectionName[];

interface Union {
  readonly oneOf?: readonly { readonly properties?: { readonly kind: { readonly const: string } } }[];
  readonly anyOf?: readonly object[];
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
