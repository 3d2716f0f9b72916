/** The fed arrays of a step: packed rows, the labels, and how rewards are read off token scores. */
import {
  batchFeeds,
  lmLabels,
  marginPooling,
  masksOf,
  maskOf,
  numbered,
  readFeeds,
  readSpan,
  readTokens,
  rewardSumPooling,
  weightedLabels,
  type FeedArray,
  type LmLabels,
  type PackedRows,
  type ReadTokens,
} from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { PackedPair } from './pair-rows.ts';
import type { ObjectiveParts } from './pmp-loss.ts';
import { plainStep, type StepFeatures } from './step-features.ts';

export type StepFeeds = Readonly<Record<string, FeedArray | number>>;

export interface MicroBatch {
  readonly packed: PackedRows;
  readonly pairs: readonly PackedPair[];
  /** What each pair's margin is to exceed; read only where the features say so. */
  readonly targetMargins: Float32Array;
}

export interface FeedOptions {
  readonly model: ModelSpec;
  readonly parts: ObjectiveParts;
  readonly features: StepFeatures;
}

/** Pairs and labelled tokens of a whole step: what its losses are divided by. */
export interface StepCounts {
  readonly pairCount: number;
  readonly labelCount: number;
}

/**
 * Feeds of a program with as many micro-batches. `counts`: of the whole step, where these micro-batches are only a part
 * of it.
 */
export function stepFeeds(batches: readonly MicroBatch[], options: FeedOptions, counts: StepCounts): StepFeeds {
  const feeds = batches.flatMap((batch, index) => Object.entries(microBatchFeeds(batch, index, options)));
  return {
    ...Object.fromEntries(feeds),
    ...(options.parts !== 'lm' && { pairCount: counts.pairCount }),
    ...(options.parts !== 'pairwise' && { labelCount: counts.labelCount }),
  };
}

function microBatchFeeds(batch: MicroBatch, index: number, { model, parts, features }: FeedOptions): StepFeeds {
  const labels = parts === 'pairwise' ? null : labelsOf(batch, features);
  const read = readTokens(batch.packed, {
    labelRows: labels?.labelRows ?? null,
    pooling: parts === 'lm' ? null : model.rewardPooling,
    mask: maskOf(model, model.layers - 1),
  });
  return {
    ...batchFeeds(batch.packed, index, masksOf(model, model.layers - 1)),
    ...readFeeds(read, model, index),
    ...(labels !== null && labelFeeds(labels, read, index)),
    ...(parts !== 'lm' && pairFeeds(batch, { index, read, model, features })),
  };
}

/** The feeds of one plain step whose rows are pairs. */
export function trainFeeds(microBatches: readonly PackedRows[], model: ModelSpec, parts: ObjectiveParts): StepFeeds {
  const batches = microBatches.map((packed) => ({
    packed,
    pairs: rowPairs(packed, parts),
    targetMargins: new Float32Array(0),
  }));
  return stepFeeds(
    batches,
    { model, parts, features: plainStep },
    stepCounts(batches.flatMap(({ pairs }) => pairs.map(({ chosen }) => chosen.length))),
  );
}

/** @param labelled Tokens of the chosen response of every pair of the step. */
export function stepCounts(labelled: readonly number[]): StepCounts {
  return { pairCount: labelled.length, labelCount: labelled.reduce((sum, length) => sum + length, 0) };
}

function rowPairs({ spans, rows }: PackedRows, parts: ObjectiveParts): readonly PackedPair[] {
  if (parts !== 'lm' && spans.length !== 2 * rows)
    throw new RangeError(
      `a preference pair is one row with two responses: found ${spans.length} responses in ${rows} rows`,
    );
  const firsts = spans.filter((span, index) => index === 0 || spans[index - 1]?.row !== span.row);
  return firsts.map((chosen, row) => ({
    chosen,
    rejected: parts === 'lm' ? null : (spans[2 * row + 1] ?? null),
    margin: 0,
  }));
}

interface Labels extends LmLabels {
  /** Null where each label counts once. */
  readonly labelWeights: Float32Array | null;
}

function labelsOf({ packed, pairs }: MicroBatch, { sharedPrompts }: StepFeatures): Labels {
  return sharedPrompts
    ? weightedLabels(
        packed,
        pairs.map(({ chosen }) => chosen),
      )
    : { ...lmLabels(packed), labelWeights: null };
}

/** Rows of labels are numbered among the read tokens, whose hidden states are all there is. */
export function labelFeeds(
  { labelRows, labelTargets, labelWeights }: Labels,
  { numberOf }: ReadTokens,
  index: number,
): StepFeeds {
  const shape = [labelRows.length];
  return {
    [numbered('labelRows', index)]: { data: labelRows.map((token) => numberOf[token] as number), shape },
    [numbered('labelTargets', index)]: { data: labelTargets, shape },
    ...(labelWeights && { [numbered('labelWeights', index)]: { data: labelWeights, shape } }),
  };
}

interface PooledPairs {
  readonly packed: PackedRows;
  readonly pairs: readonly Pick<PackedPair, 'chosen' | 'rejected'>[];
}

interface PairPlace {
  readonly index: number;
  readonly read: ReadTokens;
  readonly model: ModelSpec;
  readonly features: StepFeatures;
}

function pairFeeds(batch: MicroBatch, place: PairPlace): StepFeeds {
  const { index, features } = place;
  const { pairs, targetMargins } = batch;
  return {
    [numbered('marginPooling', index)]: poolingFeed(marginPooling, batch, place),
    ...(features.rewardCentering && {
      [numbered('rewardSumPooling', index)]: poolingFeed(rewardSumPooling, batch, place),
    }),
    ...(features.targetMargin && { [numbered('targetMargin', index)]: { data: targetMargins, shape: [pairs.length] } }),
  };
}

/** The matrix [P, M] that makes one value a pair out of the scores of the read tokens. */
export function poolingFeed(
  pooling: typeof marginPooling | typeof rewardSumPooling,
  { packed, pairs }: PooledPairs,
  { read, model }: Pick<PairPlace, 'read' | 'model'>,
): FeedArray {
  const pooled = { rows: packed.rows, tokens: read.count, spans: [] };
  const placed = pairs.flatMap(({ chosen, rejected }) =>
    rejected === null ? [] : [{ chosen: readSpan(read, chosen), rejected: readSpan(read, rejected) }],
  );
  return { data: pooling(pooled, model.rewardPooling, placed), shape: [pairs.length, read.count] };
}
