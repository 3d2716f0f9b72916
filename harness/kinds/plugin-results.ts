/**
 * What the functions of a plug-in must give. A wrong value is told where it comes from: further on it would look like a
 * fault of ours, in a stage that the plug-in's author never heard of.
 */
import { z } from 'zod';
import type { PreferencePair, TaskData } from '../data/index.ts';
import { parameterShapes, type ModelConfig } from '../model/index.ts';
import { formatPath, type Path } from '../spec/index.ts';

/** What is wrong with a result, in one line each; none where it is as it must be. */
type ResultCheck = (result: unknown, args: readonly unknown[]) => readonly string[];

const name = z.string().min(1);
const length = z.number().min(0);
const amount = z.number().min(0);
const counts = z.record(z.string(), z.number());
const textOrNull = z.string().nullable();

const lengths = z.looseObject({ prompt: length, chosen: length, rejected: length });
const pair = z.looseObject({
  id: name,
  group: name,
  prompt: z.string(),
  chosen: z.string(),
  rejected: z.string(),
  source: z.string(),
  edits: z.array(z.string()),
  margin: z.number().optional(),
});
const candidate = z.looseObject({
  text: z.string(),
  answer: textOrNull,
  isCorrect: z.boolean().nullable(),
  source: z.string(),
});
const question = z.looseObject({ id: name, group: name, prompt: z.string(), candidates: z.array(candidate).min(1) });
const corpusFunction = z.looseObject({
  id: name,
  package: z.string(),
  file: z.string(),
  line: z.number(),
  language: z.string(),
  description: z.string().nullable(),
  signature: z.string(),
  body: z.string(),
});
const pairs = z.array(pair);
/** Rows that come one after the other are checked where they are written. */
const readOnce = z.custom<unknown>((rows) => isReadOnce(rows), 'must be a list, or rows to iterate over');
const pairRows = z.union([pairs, readOnce]);
const functionRows = z.union([z.array(corpusFunction), readOnce]);
const broken = z.looseObject({ fields: z.array(z.string()).min(1), expected: z.string(), found: z.string() });

const section = { rules: shape(z.array(broken)), digest: shape(textOrNull) };

/** By sort of kind and function; a function that is not here may give anything. */
export const resultChecks: Readonly<Record<string, Readonly<Record<string, ResultCheck>>>> = {
  corpora: {
    ...section,
    lengths: shape(lengths),
    expectedFunctions: shape(z.looseObject({ functions: amount, heldOut: amount })),
    cut: shape(
      z.looseObject({ functions: functionRows, heldOut: functionRows, counts, sources: z.array(z.looseObject({})) }),
    ),
  },
  pairs: {
    ...section,
    lengths: shape(lengths),
    expectedPairs: shape(z.looseObject({ pairs: amount, heldOut: amount })),
    rendersChat: shape(z.boolean()),
    make: shape(z.looseObject({ pairs: pairRows, heldOut: pairRows, counts, heldOutCounts: counts })),
  },
  descriptions: { ...section, describe: shape(textOrNull), ask: shape(textOrNull) },
  generators: { ...section, write: shape(readOnce) },
  tasks: {
    ...section,
    lengths: shape(lengths),
    sizes: shape(
      z.looseObject({
        trainPairs: amount.nullable(),
        devPairs: amount,
        testPairs: amount,
        questions: amount,
        candidates: amount,
        leastCandidates: amount,
      }),
    ),
    rendersChat: shape(z.boolean()),
    scoringSettings: shape(z.record(z.string(), z.number())),
    references: shape(z.map(z.string(), z.string())),
    read: checkTask,
  },
  graders: { answerOf: shape(textOrNull), normalize: shape(textOrNull), isCorrect: shape(z.boolean().nullable()) },
  tokenizers: {
    ...section,
    vocabSize: shape(z.int().positive().nullable()),
    templatesDigest: shape(textOrNull),
    make: shape(z.looseObject({ json: z.string(), config: z.string().nullable() })),
  },
  starts: {
    ...section,
    templatesDigest: shape(textOrNull),
    training: shape(z.looseObject({ pairs: z.looseObject({}), pretrain: z.looseObject({}), seed: z.int() })),
    provides: shape(z.looseObject({ model: z.looseObject({}), tokenizer: z.looseObject({}) }).nullable()),
    tokenizerFiles: shape(z.looseObject({ json: z.string(), config: z.string() }).nullable()),
    parameters: checkParameters,
  },
  arms: { matches: shape(z.boolean()) },
  backends: { serves: shape(z.boolean()), command: shape(z.array(z.string()).min(1)) },
};

function isReadOnce(rows: unknown): boolean {
  if (typeof rows !== 'object' || rows === null || Array.isArray(rows)) return false;
  return Symbol.asyncIterator in rows || Symbol.iterator in rows;
}

const mostProblems = 3;

function shape(schema: z.ZodType): ResultCheck {
  return (result) => {
    const { error } = schema.safeParse(result);
    const problems = (error?.issues ?? []).map(({ path, message }) =>
      path.length === 0 ? message : `${formatPath(path as Path)}: ${message}`,
    );
    const more = problems.length - mostProblems;
    return more > 0 ? [...problems.slice(0, mostProblems), `and ${more} more`] : problems;
  };
}

const taskShape = shape(z.looseObject({ train: pairs, dev: pairs, test: pairs, pool: z.array(question), counts }));

/** A question in two splits would be learned by heart and tested; an id that is there twice cannot be sampled. */
function checkTask(result: unknown, args: readonly unknown[]): readonly string[] {
  const problems = taskShape(result, args);
  if (problems.length > 0) return problems;
  const { train, dev, test, pool } = result as TaskData;
  const splits = { train, dev, test: [...test, ...pool] };
  return [
    ...Object.entries({ train, dev, test, pool }).flatMap(([split, items]) => repeatedIds(split, items)),
    ...sharedGroups(splits, 'train', 'dev'),
    ...sharedGroups(splits, 'train', 'test'),
    ...sharedGroups(splits, 'dev', 'test'),
  ];
}

function repeatedIds(split: string, items: readonly Pick<PreferencePair, 'id'>[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = items.find(({ id }) => seen.size === seen.add(id).size);
  return repeated === undefined ? [] : [`${split}: the id ${repeated.id} is there twice`];
}

function sharedGroups<Split extends string>(
  splits: Readonly<Record<Split, readonly Pick<PreferencePair, 'group'>[]>>,
  one: Split,
  other: Split,
): readonly string[] {
  const groups = new Set(splits[one].map(({ group }) => group));
  const shared = splits[other].find(({ group }) => groups.has(group));
  return shared === undefined ? [] : [`the group ${shared.group} is in ${one} and in ${other}`];
}

function checkParameters(result: unknown, [, model]: readonly unknown[]): readonly string[] {
  if (typeof result !== 'object' || result === null) return ['expected parameters by name'];
  const given = result as Readonly<Record<string, unknown>>;
  const wanted = parameterShapes(model as ModelConfig);
  const wrong = [...wanted].flatMap(([parameter, dimensions]) => {
    const values = given[parameter];
    const size = dimensions.reduce((product, one) => product * one, 1);
    return values instanceof Float32Array && values.length === size
      ? []
      : [`${parameter}: expected a Float32Array of [${dimensions.join(', ')}]`];
  });
  const unknown = Object.keys(given).filter((parameter) => !wanted.has(parameter));
  return [...wrong, ...unknown.map((parameter) => `${parameter}: the model has no such parameter`)];
}
