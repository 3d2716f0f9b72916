/**
 * The training step with and without each of its savings, all on the same engine and all the same mathematics: what
 * every one of them is worth. The first variant computes what a padded implementation does; each further one leaves out
 * something that no loss depends on.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import type { Executor, Feeds, Session } from '../engine/index.ts';
import {
  batchFeeds,
  initParameters,
  marginPooling,
  numbered,
  readFeeds,
  readSpan,
  readTokens,
  RowPacker,
  weightedLabels,
  type PackedRows,
  type PairSpans,
  type ResponseSpan,
  type Row,
} from '../model/index.ts';
import { median } from '../stats/index.ts';
import { adamWScalars, cutIntoMicroBatches, microBatchCount, plainStep, trainProgram } from '../train/index.ts';
import { batchOf, benchOptimizer, type TrainStepBenchOptions } from './train-step.ts';

interface Variant {
  readonly name: string;
  readonly sharedPrompt: boolean;
  readonly isPadded: boolean;
  readonly logits: 'chosen rows' | 'labels';
  readonly lastLayer: 'all tokens' | 'read tokens';
  readonly isCut: boolean;
}

const asUsual: Variant = {
  name: 'padded rows, a prompt for each response, logits everywhere',
  sharedPrompt: false,
  isPadded: true,
  logits: 'chosen rows',
  lastLayer: 'all tokens',
  isCut: false,
};
const savings: readonly Partial<Variant>[] = [
  { name: 'logits only at labels', logits: 'labels' },
  { name: 'no padding outside attention', isPadded: false },
  { name: 'one prompt for both responses', sharedPrompt: true },
  { name: 'last layer only where it is read', lastLayer: 'read tokens' },
  { name: 'micro-batches of similar length', isCut: true },
];

export interface VariantResult {
  readonly name: string;
  readonly stepMsMedian: number;
  /** Against the variant before: above 1 is a gain. */
  readonly speedup: number;
  /** Largest difference of the first step's losses from those of the first variant. */
  readonly lossDifference: number;
}

/** Variants take turns on the same batches, step by step. */
export async function benchVariants(options: TrainStepBenchOptions): Promise<readonly VariantResult[]> {
  const runs = [await openVariant(asUsual, options)];
  for (const saving of savings)
    runs.push(await openVariant({ ...(runs.at(-1) as VariantRun).variant, ...saving }, options));
  const warmUpSteps = 1;
  for (let step = 0; step < warmUpSteps + options.steps; step++) {
    for (const run of runs) await takeStep(run, options, step, step >= warmUpSteps);
  }
  for (const { session } of runs) await session.release();
  return runs.map(({ variant, stepMs, losses }, index) => ({
    name: variant.name,
    stepMsMedian: median(stepMs),
    speedup: index === 0 ? 1 : median((runs[index - 1] as VariantRun).stepMs) / median(stepMs),
    lossDifference: Math.max(
      ...losses.map((loss, part) => Math.abs(loss - ((runs[0] as VariantRun).losses[part] ?? Number.NaN))),
    ),
  }));
}

interface VariantRun {
  readonly variant: Variant;
  readonly session: Session;
  readonly microBatches: number;
  readonly stepMs: number[];
  losses: readonly number[];
}

async function openVariant(
  variant: Variant,
  { model, vocabSize, executor, threads, pairsPerStep }: { readonly executor: Executor } & TrainStepBenchOptions,
): Promise<VariantRun> {
  const microBatches = variant.isCut ? microBatchCount(model, pairsPerStep) : 1;
  const session = await executor.compile(
    trainProgram(model, vocabSize, 'pairwise+lm', microBatches, { ...plainStep, sharedPrompts: true }),
    { threads },
  );
  session.setState(initParameters(model, vocabSize, 0));
  return { variant, session, microBatches, stepMs: [], losses: [] };
}

async function takeStep(
  run: VariantRun,
  options: TrainStepBenchOptions,
  step: number,
  isMeasured: boolean,
): Promise<void> {
  const scalars = {
    ...adamWScalars(benchOptimizer, benchOptimizer.learningRate, step),
    pairwiseWeight: 1,
    lmWeight: 1,
  };
  const start = performance.now();
  const { pairwise, lm } = await run.session.run({
    ...variantFeeds(run, options, batchOf(options.rows, step, options.pairsPerStep)),
    ...scalars,
  });
  if (isMeasured) run.stepMs.push(performance.now() - start);
  if (step === 0) run.losses = [pairwise?.[0] ?? Number.NaN, lm?.[0] ?? Number.NaN];
}

function variantFeeds(
  { variant, microBatches }: VariantRun,
  { model }: TrainStepBenchOptions,
  pairs: readonly EncodedPair[],
): Feeds {
  const feeds: Record<string, Feeds[string]> = {
    pairCount: pairs.length,
    labelCount: pairs.reduce((sum, { chosen }) => sum + chosen.length, 0),
  };
  const rows = pairs.flatMap((pair) =>
    variant.sharedPrompt
      ? [{ prompt: pair.prompt, responses: [pair.chosen, pair.rejected] }]
      : [
          { prompt: pair.prompt, responses: [pair.chosen] },
          { prompt: pair.prompt, responses: [pair.rejected] },
        ],
  );
  const longest = variant.isPadded ? Math.max(...rows.map(tokensOf)) : 0;
  for (const [index, some] of cutIntoMicroBatches(rows, microBatches).entries()) {
    const packed = trimmed(
      new RowPacker(model.contextLength + longest).pack(some.map((row) => lengthened(row, longest))),
      some,
    );
    const { labelRows, labelTargets, labelWeights } =
      variant.logits === 'labels'
        ? weightedLabels(
            packed,
            pairsOf(packed).map(({ chosen }) => chosen),
          )
        : labelsEverywhere(packed);
    const read = readTokens(packed, {
      labelRows:
        variant.lastLayer === 'read tokens'
          ? labelRows
          : Int32Array.from({ length: packed.tokens }, (_, token) => token),
      pooling: model.rewardPooling,
    });
    const placed = pairsOf(packed).map(({ chosen, rejected }) => ({
      chosen: readSpan(read, chosen),
      rejected: readSpan(read, rejected),
    }));
    const labels = [labelRows.length];
    Object.assign(feeds, batchFeeds(packed, index), readFeeds(read, model, index), {
      [numbered('marginPooling', index)]: {
        data: marginPooling({ rows: packed.rows, tokens: read.count, spans: [] }, model.rewardPooling, placed),
        shape: [placed.length, read.count],
      },
      [numbered('labelRows', index)]: { data: labelRows.map((token) => read.numberOf[token] as number), shape: labels },
      [numbered('labelTargets', index)]: { data: labelTargets, shape: labels },
      [numbered('labelWeights', index)]: { data: labelWeights, shape: labels },
    });
  }
  return feeds;
}

function pairsOf({ spans }: PackedRows): readonly PairSpans[] {
  return Array.from({ length: spans.length / 2 }, (_, pair) => ({
    chosen: spans[2 * pair] as ResponseSpan,
    rejected: spans[2 * pair + 1] as ResponseSpan,
  }));
}

/** Every token of a row with a chosen response gets logits; all but the true labels weigh nothing. */
function labelsEverywhere(packed: PackedRows): {
  readonly labelRows: Int32Array;
  readonly labelTargets: Int32Array;
  readonly labelWeights: Float32Array;
} {
  const labels = weightedLabels(
    packed,
    pairsOf(packed).map(({ chosen }) => chosen),
  );
  const numberOf = new Map(Array.from(labels.labelRows, (token, label) => [token, label]));
  const chosenRows = new Set(pairsOf(packed).map(({ chosen }) => chosen.row));
  const labelRows = Int32Array.from({ length: packed.tokens }, (_, token) => token).filter((token) =>
    chosenRows.has(Math.floor((packed.packIndex[token] as number) / packed.rowLength)),
  );
  const label = (token: number): number | undefined => numberOf.get(token);
  return {
    labelRows,
    labelTargets: labelRows.map((token) => labels.labelTargets[label(token) ?? -1] ?? 0),
    labelWeights: Float32Array.from(labelRows, (token) => labels.labelWeights[label(token) ?? -1] ?? 0),
  };
}

/** The row with its last response filled up to `length` tokens in all. */
function lengthened(row: Row, length: number): Row {
  const last = row.responses.at(-1) as Int32Array;
  const filled = new Int32Array(Math.max(last.length, last.length + length - tokensOf(row)));
  filled.set(last);
  return { prompt: row.prompt, responses: [...row.responses.slice(0, -1), filled] };
}

/** Responses end where they did before rows were filled up. */
function trimmed(packed: PackedRows, rows: readonly Row[]): PackedRows {
  const lengths = rows.flatMap(({ responses }) => responses.map((response) => response.length));
  return { ...packed, spans: packed.spans.map((span, index) => ({ ...span, length: lengths[index] as number })) };
}

const tokensOf = ({ prompt, responses }: Row): number =>
  responses.reduce((sum, response) => sum + response.length, prompt.length);
