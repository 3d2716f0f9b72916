/** The shape of a plug-in, and whether what a module exports has it. */
import { z } from 'zod';
import { didYouMean, formatPath, name, numericsNames, UserError, type Path } from '../spec/index.ts';
import type { Arm } from './arms.ts';
import type {
  CorpusKind,
  DescriptionsKind,
  GeneratorKind,
  GraderKind,
  PairsKind,
  StartKind,
  TaskKind,
  TokenizerKind,
} from './kind.ts';
import { metricUnits, type MetricInfo } from './metrics.ts';

/**
 * Everything a plug-in may register. The last entries belong to rooms above this one, which say what they are: figures
 * and tables of `report`, `stages`, `backends`.
 */
export interface Plugin {
  readonly corpora?: readonly CorpusKind<never>[];
  readonly descriptions?: readonly DescriptionsKind<never>[];
  readonly generators?: readonly GeneratorKind<never>[];
  readonly pairs?: readonly PairsKind<never>[];
  readonly tasks?: readonly TaskKind<never>[];
  readonly graders?: readonly GraderKind[];
  readonly tokenizers?: readonly TokenizerKind<never>[];
  readonly starts?: readonly StartKind<never>[];
  readonly arms?: readonly Arm[];
  readonly metrics?: readonly MetricInfo[];
  readonly figures?: readonly object[];
  readonly tables?: readonly object[];
  readonly stages?: readonly object[];
  readonly backends?: readonly object[];
}

const method = z.custom<unknown>((value) => typeof value === 'function', 'must be a function');
const optionalMethod = method.optional();
const text = z.string({ error: 'must be a text' });
const named = text.pipe(name);
const version = z.int({ error: 'must be a whole number, 1 or more' }).positive();
const flag = z.boolean({ error: 'must be true or false' });

const kindMembers = {
  kind: named,
  schema: z.unknown(),
  locations: z.array(text).optional(),
  restated: z.array(text).optional(),
  rules: optionalMethod,
  digest: optionalMethod,
};

/** A record that fills a section of the experiment file. Its schema is looked at on its own (`sectionProblems`). */
const section = (members: z.core.$ZodLooseShape): z.ZodObject => z.strictObject({ ...kindMembers, ...members });

/** What the schema of a section must have besides `kind`. */
const requiredFields: Partial<Record<keyof Plugin, readonly string[]>> = {
  corpora: [],
  descriptions: ['template', 'require'],
  generators: ['samples'],
  pairs: [],
  tasks: ['name'],
  tokenizers: [],
  starts: [],
};

function sectionProblems(exported: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(requiredFields).flatMap(([sort, fields]) => {
    const listed = exported[sort];
    if (!Array.isArray(listed)) return [];
    return listed.flatMap((record: unknown, index) =>
      isRecord(record) ? sectionProblem(record, fields).map((problem) => `${sort}[${index}].${problem}`) : [],
    );
  });
}

function sectionProblem(record: Readonly<Record<string, unknown>>, fields: readonly string[]): readonly string[] {
  const { schema, kind, locations } = record;
  const problem = schemaProblem(schema, String(kind), fields);
  if (problem !== null) return [`schema: ${problem}`];
  const known = Object.keys((schema as z.ZodObject).shape);
  const strange = Array.isArray(locations) ? locations.filter((field) => !known.includes(String(field))) : [];
  return strange.map((field) => `locations: the schema has no field ${String(field)}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function schemaProblem(schema: unknown, kind: string, fields: readonly string[]): string | null {
  if (!(schema instanceof z.ZodObject))
    return (
      `must be a z.strictObject({ kind: z.literal('${kind}'), ... ` +
      `}), made with the z that the plug-in's function is given`
    );
  if (schema.constructor !== z.ZodObject)
    return "was made with another copy of zod: use the z that the plug-in's function is given";
  if (!(schema.def.catchall instanceof z.ZodNever))
    return 'must be a z.strictObject: other objects let misspelled fields pass';
  if (!isLiteral(schema.shape['kind'], kind)) return `must have the field kind: z.literal('${kind}')`;
  const missing = fields.find((field) => schema.shape[field] === undefined);
  return missing === undefined ? null : `must have the field ${missing}`;
}

function isLiteral(schema: unknown, kind: string): boolean {
  return schema instanceof z.ZodLiteral && schema.def.values.length === 1 && schema.def.values[0] === kind;
}

const drawn = { id: named, draw: method };

const records = {
  corpora: section({ cut: method, lengths: method, expectedFunctions: method }),
  descriptions: section({ describe: method, ask: optionalMethod, writer: optionalMethod }),
  generators: section({ training: method, isReproducible: flag, sampled: optionalMethod, write: optionalMethod }),
  pairs: section({
    make: method,
    lengths: method,
    expectedPairs: method,
    readsCorpus: flag,
    hasPreference: flag.optional(),
    rendersChat: optionalMethod,
    generators: optionalMethod,
    parts: optionalMethod,
  }),
  tasks: section({
    read: method,
    lengths: method,
    sizes: method,
    grader: text.nullable(),
    headline: text,
    scoring: text.optional(),
    scoringSettings: optionalMethod,
    rendersChat: optionalMethod,
    references: optionalMethod,
    sameness: z.enum(['exact', 'words'], { error: 'must be exact or words' }).optional(),
    sizeFields: z.strictObject({ candidates: text.optional(), trainPairs: text.optional() }).optional(),
  }),
  graders: z.strictObject({
    kind: named,
    version,
    answerOf: method,
    normalize: method,
    isCorrect: method,
    close: optionalMethod,
  }),
  tokenizers: section({ make: method, readsCorpus: flag, vocabSize: method, templatesDigest: optionalMethod }),
  starts: section({
    provides: method,
    training: optionalMethod,
    templatesDigest: optionalMethod,
    folder: optionalMethod,
    parameters: method,
    tokenizerFiles: method,
  }),
  arms: z.strictObject({
    id: named,
    formerIds: z.array(text),
    label: text,
    shortLabel: text.optional(),
    order: z.number({ error: 'must be a number' }),
    role: z.enum(['treatment', 'control', 'null']),
    style: z.strictObject({
      color: text,
      shape: z.enum(['circle', 'square', 'diamond', 'triangle-up', 'triangle-down', 'cross']),
      dash: z.array(z.number()),
      smaller: z.strictObject({ color: text, dash: z.array(z.number()) }).nullable(),
    }),
    matches: method,
  }),
  metrics: z.strictObject({
    name: text.regex(/^[^/]+\/.+$/, 'must be phase/quantity'),
    unit: z.enum(metricUnits),
    better: z.enum(['high', 'low']).nullable(),
    label: text.optional(),
    chance: z.number().optional(),
  }),
  figures: z.strictObject({ ...drawn, scope: z.enum(['task', 'experiment']) }),
  tables: z.strictObject({ ...drawn, scope: z.enum(['model', 'task', 'experiment']), isFolded: flag.optional() }),
  stages: z.looseObject({ kind: named, version, run: method, work: method }),
  backends: z.strictObject({
    name: named,
    numerics: text.nullable(),
    computesIn: z.array(z.enum(numericsNames)).optional(),
    serves: method,
    command: method,
  }),
} satisfies Record<keyof Plugin, z.ZodObject>;

const pluginSchema = z.strictObject(
  Object.fromEntries(Object.entries(records).map(([sort, record]) => [sort, z.array(record).optional()])),
  { error: ({ code }) => (code === 'invalid_type' ? 'must be an object such as { tasks: [...] }' : undefined) },
);

/** @throws UserError (2) naming the file and every entry that is wrong. */
export function checkPlugin(exported: unknown, file: string): Plugin {
  const issues = pluginSchema.safeParse(exported).error?.issues ?? [];
  const problems = [
    ...issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, issue.path))
        : [`${where(issue.path)}: ${issue.message}`],
    ),
    ...(isRecord(exported) ? sectionProblems(exported) : []),
  ];
  if (problems.length === 0) return exported as Plugin;
  const listed = problems.length === 1 ? ` ${problems.join()}` : problems.map((one) => `\n  ${one}`).join('');
  throw new UserError(`${file}: the default export is no plug-in:${listed}`, {
    exitCode: 2,
    hint: 'docs/plugins.md says what a plug-in exports.',
  });
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const sorts = Object.keys(records);
  if (path.length === 0)
    return `${key} cannot be registered; ${didYouMean(key, sorts) ?? `there are ${sorts.join(', ')}`}`;
  const members = Object.keys(records[path[0] as keyof Plugin].shape);
  const suggestion = didYouMean(key, members);
  return `${where(path)}: ${key} is no member${suggestion === null ? '' : `; ${suggestion}`}`;
}

function where(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'it' : formatPath(path as Path);
}
