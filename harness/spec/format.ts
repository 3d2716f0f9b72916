/**
 * The experiment format for a given set of kinds: the fixed sections of `experiment-schema.ts`, and a union over the
 * registered kinds for each section that names one. A value, because a plug-in's kinds are known only once its file has
 * been read.
 */
import { z } from 'zod';
import { name, seed } from './atoms.ts';
import { claimSchema } from './claim-schema.ts';
import {
  evaluateSchema,
  executionSchema,
  numericsSchema,
  overLengthSchema,
  selectSchema,
  sweepSchema,
  type EvaluateSpec,
  type Numerics,
  type OverLength,
  type TokenizerSpec,
} from './experiment-schema.ts';
import type { DescriptionsSpec, Kind, KindSpec, SpecKinds, TaskSpec } from './kind.ts';
import { modelSchema, type ModelSpec } from './model-schema.ts';
import { finetuneSchema, pretrainSchema, type FinetuneSpec, type PretrainSpec } from './training-schema.ts';

/** One resolved point of a sweep without its seed: the sections that bear identity. */
export interface TrialSpec {
  readonly start: KindSpec;
  /** null where nothing is read from it: own pairs and the tokenizer of a checkpoint. */
  readonly corpus: KindSpec | null;
  /** Read only where pairs are made from the corpus. */
  readonly descriptions: DescriptionsSpec;
  readonly tokenizer: TokenizerSpec;
  /** null only where nothing is pretrained. */
  readonly pairs: KindSpec | null;
  readonly model: ModelSpec;
  readonly overLength: OverLength;
  readonly numerics: Numerics;
  readonly pretrain: PretrainSpec;
  readonly task: TaskSpec;
  readonly finetune: FinetuneSpec;
  readonly evaluate: EvaluateSpec;
}

export type SectionName = keyof TrialSpec;

/**
 * Sections that a start may bring along: null where the experiment leaves them to it. How many tokens a tokenizer has
 * is known in a trial.
 */
type Written = Omit<TrialSpec, 'tokenizer' | 'model' | 'pretrain'> & {
  readonly tokenizer: KindSpec | null;
  readonly model: ModelSpec | null;
  readonly pretrain: PretrainSpec | null;
};

const headSchema = z.strictObject({
  formatVersion: z.literal(1),
  extends: z
    .union([z.string(), z.array(z.string()).min(1)])
    .nullable()
    .default(null)
    .describe(
      'Another experiment file, relative to this one, or several, of which the later win; this file wins over all, ' +
        'and maps are merged.',
    ),
  plugins: z
    .array(z.string())
    .default([])
    .describe('JavaScript modules, relative to this file, that register kinds of their own (docs/plugins.md).'),
  name,
  question: z.string().min(1),
  seeds: z.array(seed).min(1),
});

const reportSchema = z.strictObject({
  title: z.string().nullable().default(null),
  claim: claimSchema.nullable().default(null),
});

const tailSchema = z.strictObject({
  select: selectSchema.nullable().default(null),
  sweep: sweepSchema.default(sweepSchema.parse({})),
  execution: executionSchema.default(executionSchema.parse({})),
  report: reportSchema.default(reportSchema.parse({})),
});

/** An experiment as parsed: all defaults filled in, all paths absolute, frozen. */
export type ExperimentSpec = z.output<typeof headSchema> & Written & z.output<typeof tailSchema>;

export interface ExperimentFormat {
  readonly kinds: SpecKinds;
  readonly sections: Readonly<Record<SectionName, z.ZodType>>;
  /** What axes and `select.at` may set; everything else is not part of a trial. */
  readonly trial: z.ZodObject;
  readonly experiment: z.ZodObject;
}

export const sectionNames = [
  'start',
  'corpus',
  'descriptions',
  'tokenizer',
  'pairs',
  'model',
  'overLength',
  'numerics',
  'pretrain',
  'task',
  'finetune',
  'evaluate',
] as const satisfies readonly SectionName[];

export function experimentFormat(kinds: SpecKinds): ExperimentFormat {
  const sections = sectionSchemas(kinds);
  return {
    kinds,
    sections,
    trial: z.strictObject(sections),
    experiment: z.strictObject({ ...headSchema.shape, ...sections, ...tailSchema.shape }),
  };
}

const ofCheckpoint = 'null = that of the checkpoint in `start`.';

function sectionSchemas(kinds: SpecKinds) {
  return {
    start: startSchema(kinds),
    corpus: unionOf(kinds.corpora).nullable().default(null),
    descriptions: unionOf(kinds.descriptions)
      .prefault({ kind: 'doc-comment' } as never)
      .describe('How a function of the corpus is asked for: its description, and the template of its prompt.'),
    tokenizer: unionOf(kinds.tokenizers).nullable().default(null).describe(ofCheckpoint),
    pairs: unionOf(kinds.pairs).nullable().default(null).describe('null = none; only where nothing is pretrained.'),
    model: modelSchema.nullable().default(null).describe(ofCheckpoint),
    overLength: overLengthSchema,
    numerics: numericsSchema,
    pretrain: pretrainSchema.nullable().default(null).describe('null = no pretraining.'),
    task: unionOf(kinds.tasks),
    finetune: finetuneSchema,
    evaluate: evaluateSchema,
  } satisfies Record<SectionName, z.ZodType>;
}

function startSchema({ starts }: SpecKinds): z.ZodType {
  return unionOf(starts)
    .default({ kind: 'random' })
    .describe('Where every trial starts, before pretraining or finetuning: `random`, or a `checkpoint`.');
}

/** A section that may have any of these kinds. */
export function unionOf(kinds: readonly Kind[]): z.ZodDiscriminatedUnion {
  const [first, ...rest] = kinds.map(({ schema }) => schema);
  if (first === undefined) throw new Error('a section needs at least one kind');
  return z.discriminatedUnion('kind', [first, ...rest] as never) as never;
}
