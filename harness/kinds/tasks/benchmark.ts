/**
 * What the kinds of public benchmarks share. A benchmark has no train split: its rows are the test, and `train` and
 * `dev` are files of preferences, as of the kind `preferences`. Without `train` it can be scored, not finetuned on.
 */
import { z } from 'zod';
import { benchmarkTask, templateFile, type BenchmarkFile, type TaskData } from '../../data/index.ts';
import { location, name, type RuleBreak, type TaskSizes } from '../../spec/index.ts';
import type { KindIo, TaskKind } from '../kind.ts';
import type { PairLengths } from '../lengths.ts';
import {
  chatReading,
  fileOrShare,
  fileRules,
  filesDigest,
  preferenceFields,
  templateOf,
  templateRules,
  type NamedFiles,
} from '../preference-fields.ts';

/** Fields of every benchmark's section, beside its own files. */
export const benchmarkFields = {
  name,
  train: location
    .nullable()
    .default(null)
    .describe('A file of preferences to finetune on (.jsonl, .json or .parquet); null = the task can only be scored.'),
  dev: fileOrShare
    .default(0.1)
    .describe('A file of preferences, or the share of the groups of `train` that is taken for it.'),
  ...preferenceFields,
};

/** One file, or several that are one benchmark. */
export const testFiles = z.union([location, z.array(location).min(1)]);

type BenchmarkSpec = z.output<z.ZodObject<typeof benchmarkFields>> & { readonly kind: string };

/** Of the fields that name files; a field that is null has none. */
type BenchmarkFiles = Readonly<Record<string, readonly BenchmarkFile[]>>;

/** What a benchmark is beyond what all have in common. */
export interface Benchmark<Spec extends BenchmarkSpec> {
  readonly kind: string;
  readonly schema: z.ZodObject;
  readonly scoring: string;
  /** Fields of the section that are the benchmark's files. */
  readonly fields: readonly (keyof Spec & string)[];
  /** As published: what a file has, its section does not say. */
  readonly sizes: Omit<TaskSizes, 'trainPairs' | 'devPairs'>;
  readonly lengths: PairLengths;
  /** By those fields: the files with their formats, in the order in which they are read. */
  tests(spec: Spec): BenchmarkFiles;
  rules?(spec: Spec): readonly RuleBreak[];
  scoringSettings?(spec: Spec): Readonly<Record<string, number>>;
  /** @throws UserError (2) where what was read cannot be scored. */
  check?(data: TaskData, spec: Spec): void;
}

/** Dev pairs of a usual size: forecasts see no paths. */
const usualDevPairs = 300;

export function benchmarkKind<Spec extends BenchmarkSpec>(benchmark: Benchmark<Spec>): TaskKind<Spec> {
  const { kind, schema, scoring, fields, sizes, lengths } = benchmark;
  const filesOf = (spec: Spec): NamedFiles => namedFiles(spec, benchmark.tests(spec));
  return {
    kind,
    schema,
    scoring,
    grader: null,
    headline: `eval/${scoring}_score`,
    locations: [...fields, 'train', 'dev', 'chatTemplate'],
    restated: ['expectedTokens'],
    sizeFields: { trainPairs: 'train', candidates: fields[0] ?? 'kind' },
    rules: (spec) => [...fileRules(filesOf(spec)), ...templateRules(spec), ...(benchmark.rules?.(spec) ?? [])],
    rendersChat: ({ chatTemplate }) => chatTemplate === null,
    digest: (spec) => filesDigest('task', { ...filesOf(spec), ...templateOf(spec) }),
    sizes: ({ train }) => ({ ...sizes, trainPairs: train === null ? 0 : null, devPairs: usualDevPairs }),
    lengths: ({ expectedTokens }) => expectedTokens ?? lengths,
    scoringSettings: (spec) => benchmark.scoringSettings?.(spec) ?? {},
    read: async (spec, io) => {
      const data = await readBenchmarkTask(spec, Object.values(benchmark.tests(spec)).flat(), io);
      benchmark.check?.(data, spec);
      return data;
    },
  };
}

function namedFiles({ train, dev }: BenchmarkSpec, tests: BenchmarkFiles): NamedFiles {
  const named = Object.entries(tests).filter(([, files]) => files.length > 0);
  return {
    ...Object.fromEntries(named.map(([field, files]) => [field, files.map(({ path }) => path)])),
    ...(train === null ? {} : { train, dev }),
  };
}

/** A template of its own goes with the models that are trained on it. */
async function readBenchmarkTask(spec: BenchmarkSpec, test: readonly BenchmarkFile[], io: KindIo): Promise<TaskData> {
  const data = await benchmarkTask({ ...spec, test, chat: chatReading(spec, io) }, io.note);
  return spec.chatTemplate === null ? data : { ...data, chatTemplates: templateFile(spec.chatTemplate).texts };
}

/** One format for all files of a field. */
export function filesOfFormat(
  paths: string | readonly string[] | null,
  format: BenchmarkFile['format'],
): readonly BenchmarkFile[] {
  return paths === null ? [] : [paths].flat().map((path) => ({ path, format }));
}
