/** The shape of a plug-in, and whether what a module exports has it. */
import { z } from 'zod';
import { didYouMean, UserError } from '../spec/index.ts';
import type { Arm } from './arms.ts';
import type { CorpusKind, GraderKind, PairsKind, StartKind, TaskKind } from './kind.ts';
import type { MetricInfo } from './metrics.ts';

/**
 * Everything a plug-in may register. The last entries belong to rooms above this one, which check them: figures and
 * tables of `report`, `stages`, `backends`.
 */
export interface Plugin {
  readonly corpora?: readonly CorpusKind<never>[];
  readonly pairs?: readonly PairsKind<never>[];
  readonly tasks?: readonly TaskKind<never>[];
  readonly graders?: readonly GraderKind[];
  readonly starts?: readonly StartKind<never>[];
  readonly arms?: readonly Arm[];
  readonly metrics?: readonly MetricInfo[];
  readonly figures?: readonly object[];
  readonly tables?: readonly object[];
  readonly stages?: readonly object[];
  readonly backends?: readonly object[];
}

const method = z.custom<unknown>((value) => typeof value === 'function', 'must be a function');
const zodObject = z.custom<z.ZodObject>(
  (value) => value instanceof z.ZodObject,
  'must be a z.strictObject({kind: z.literal(...), ...}), made with the z that the plug-in is given',
);

const named = (...methods: readonly string[]) =>
  z.looseObject({
    kind: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes'),
    ...Object.fromEntries(methods.map((name) => [name, method])),
  });
const section = (...methods: readonly string[]) =>
  named(...methods)
    .extend({ schema: zodObject })
    .refine(({ schema, kind }) => isLiteral(schema.shape['kind'], kind), 'schema.kind must be the literal of its kind');
const listOf = (item: z.ZodType) => z.array(item).optional();
const identified = (...methods: readonly string[]) =>
  z.looseObject({ id: z.string().min(1), ...Object.fromEntries(methods.map((name) => [name, method])) });

const pluginSchema = z.strictObject({
  corpora: listOf(section('cut', 'lengths', 'expectedFunctions')),
  pairs: listOf(section('make', 'lengths', 'expectedPairs')),
  tasks: listOf(section('read', 'lengths', 'sizes')),
  graders: listOf(named('answerOf', 'normalize', 'isCorrect').extend({ version: z.number().int().positive() })),
  starts: listOf(section('provides', 'parameters', 'tokenizerFiles')),
  arms: listOf(
    identified('matches').extend({
      label: z.string(),
      shortLabel: z.string().optional(),
      order: z.number(),
      role: z.enum(['treatment', 'control', 'null']),
      style: z.looseObject({ color: z.string(), shape: z.string(), dash: z.array(z.number()) }),
    }),
  ),
  metrics: listOf(z.looseObject({ name: z.string(), unit: z.string() })),
  figures: listOf(identified('draw')),
  tables: listOf(identified('draw')),
  stages: listOf(named('run', 'work').extend({ version: z.number().int().positive() })),
  backends: listOf(z.looseObject({ name: z.string(), serves: method, command: method })),
});

function isLiteral(schema: unknown, kind: string): boolean {
  return schema instanceof z.ZodLiteral && schema.def.values.length === 1 && schema.def.values[0] === kind;
}

/** @throws UserError (2) naming the file and every entry that is wrong. */
export function checkPlugin(exported: unknown, file: string): Plugin {
  const parsed = pluginSchema.safeParse(exported);
  // The records themselves, not zod's copies: their identity is what digests are kept by.
  if (parsed.success) return exported as Plugin;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(unknownKey).join('; ')
      : `${where(issue.path)}: ${issue.message}`,
  );
  throw new UserError(`${file}: the default export is no plug-in: ${problems.join('; ')}`, {
    exitCode: 2,
    hint: 'See docs/plugins.md for what a plug-in exports.',
  });
}

function unknownKey(key: string): string {
  const known = Object.keys(pluginSchema.shape);
  return `${key} cannot be registered; ${didYouMean(key, known) ?? `there are ${known.join(', ')}`}`;
}

function where(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'export' : path.map(String).join('.');
}
