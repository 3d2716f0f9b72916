/**
 * One update of a run, as a plain step or by accumulation: the pairs of the step packed and fed, the losses of the
 * whole step read back. The loop decides when a step is taken.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import { adapterScaleName, numbered, type RowPacker } from '../model/index.ts';
import type { Session } from '../engine/index.ts';
import type { OptimizerSpec } from '../spec/experiment-schema.ts';
import { adamWScalars } from './adamw.ts';
import { cutIntoMicroBatches, rowLengths } from './micro-batches.ts';
import { normsFeeds } from './norms-program.ts';
import { cutPairs, packedPairs, pairRows, type PairRow } from './pair-rows.ts';
import type { ObjectiveParts } from './pmp-loss.ts';
import { targetMarginOf, type TrainFeatures } from './step-features.ts';
import { normsOptions, type StepOptions, type StepSessions } from './step-sessions.ts';
import { stepCounts, stepFeeds, type MicroBatch, type StepCounts, type StepFeeds } from './train-feeds.ts';

/** The measurements of one update; the losses are of the weights before it. */
export interface Measured {
  readonly total: number;
  readonly gradientNorm: number;
  readonly pairwise: number | null;
  readonly lm: number | null;
  readonly centering: number | null;
  readonly margins: Float32Array | null;
}

interface Update {
  readonly pairs: readonly EncodedPair[];
  readonly learningRate: number;
  readonly step: number;
}

/** One update with the given pairs; `step` counts from 0. */
export async function runStep(options: StepOptions, sessions: StepSessions, update: Update): Promise<Measured> {
  const { accumulate } = sessions.lease.linked;
  return accumulate === undefined
    ? await runWhole(options, sessions, update)
    : await runInParts(options, sessions, accumulate, update);
}

async function runWhole(options: StepOptions, sessions: StepSessions, update: Update): Promise<Measured> {
  const { pairs } = update;
  const outputs = await sessions.lease.session.run({
    ...lossFeeds(options, sessions, pairs, countsOf(pairs)),
    ...updateScalars(options.optimizer, update),
  });
  return measuredOf(options.parts, [outputs], scalarOf(outputs, 'gradientNorm'));
}

async function runInParts(
  options: StepOptions,
  sessions: StepSessions,
  accumulate: Session,
  update: Update,
): Promise<Measured> {
  const outputs = await accumulateParts(options, sessions, accumulate, update.pairs);
  const applied = await sessions.lease.session.run(updateScalars(options.optimizer, update));
  return measuredOf(options.parts, outputs, scalarOf(applied, 'gradientNorm'));
}

/** Adds up the gradients of the step, a part of its pairs at a time. */
async function accumulateParts(
  options: StepOptions,
  sessions: StepSessions,
  accumulate: Session,
  pairs: readonly EncodedPair[],
): Promise<readonly Outputs[]> {
  const counts = countsOf(pairs);
  const outputs: Outputs[] = [];
  for (const some of cutPairs(pairs, options.features.pairsPerMicroBatch, sessions.step.sharedPrompts)) {
    const keepAccumulated = outputs.length === 0 ? 0 : 1;
    outputs.push(await accumulate.run({ ...lossFeeds(options, sessions, some, counts), keepAccumulated }));
  }
  return outputs;
}

function countsOf(pairs: readonly EncodedPair[]): StepCounts {
  return stepCounts(pairs.map(({ chosen }) => chosen.length));
}

export interface UpdateNorms {
  readonly updateNorm: number;
  readonly parameterNorm: number;
}

/** Norms of the last update and of the weights after it. */
export async function updateNorms(
  options: StepOptions,
  { lease, step: features }: StepSessions,
  { learningRate, step }: Omit<Update, 'pairs'>,
): Promise<UpdateNorms> {
  const { norms } = lease.linked;
  if (norms === undefined) throw new Error('the sessions of a run have no program of norms');
  const scalars = adamWScalars(options.optimizer, learningRate, step);
  const outputs = await norms.run(normsFeeds(scalars, normsOptions(options, features)));
  return { updateNorm: scalarOf(outputs, 'updateNorm'), parameterNorm: scalarOf(outputs, 'parameterNorm') };
}

/** Tokens of the pairs as data: what sharing saves in computing is not less data seen. */
export function tokensOf(pairs: readonly EncodedPair[], parts: ObjectiveParts): number {
  return rowLengths(pairs, parts).reduce((sum, length) => sum + length, 0);
}

type Outputs = Readonly<Record<string, Float32Array>>;

function updateScalars(
  optimizer: OptimizerSpec,
  { learningRate, step }: Omit<Update, 'pairs'>,
): Readonly<Record<string, number>> {
  return {
    ...adamWScalars(optimizer, learningRate, step),
    ...(optimizer.ema !== null && { averageShare: 1 - optimizer.ema.decay }),
  };
}

/** Feeds of forward and backward pass: everything but the optimizer's scalars. */
function lossFeeds(
  options: StepOptions,
  { step, packers }: StepSessions,
  pairs: readonly EncodedPair[],
  counts: StepCounts,
): StepFeeds {
  const { model, parts, features } = options;
  const rows = pairRows(pairs, { rejected: parts !== 'lm', sharePrompts: step.sharedPrompts });
  const batches = cutIntoMicroBatches(rows, packers.length).map((some, index) =>
    microBatchOf(some, packers[index] as RowPacker, features),
  );
  return { ...stepFeeds(batches, { model, parts, features: step }, counts), ...lossScalars(options) };
}

function microBatchOf(rows: readonly PairRow[], packer: RowPacker, features: TrainFeatures): MicroBatch {
  const packed = packer.pack(rows);
  const pairs = packedPairs(rows, packed);
  return { packed, pairs, targetMargins: Float32Array.from(pairs, ({ margin }) => targetMarginOf(features, margin)) };
}

/** The fed weights of the losses, and the scale of adapters. */
function lossScalars({ parts, objective, features }: StepOptions): Readonly<Record<string, number>> {
  const { rewardCentering, trainable } = features;
  return {
    ...(parts !== 'lm' && { pairwiseWeight: objective.pairwiseWeight }),
    ...(parts !== 'pairwise' && { lmWeight: objective.lmWeight }),
    ...(rewardCentering !== null && { centeringWeight: rewardCentering }),
    ...(trainable?.kind === 'lora' && { [adapterScaleName]: trainable.alpha / trainable.rank }),
  };
}

function measuredOf(parts: ObjectiveParts, outputs: readonly Outputs[], gradientNorm: number): Measured {
  const hasCentering = outputs[0]?.['centering'] !== undefined;
  return {
    total: sumOf(outputs, 'total'),
    gradientNorm,
    pairwise: parts === 'lm' ? null : sumOf(outputs, 'pairwise'),
    lm: parts === 'pairwise' ? null : sumOf(outputs, 'lm'),
    centering: hasCentering ? sumOf(outputs, 'centering') : null,
    margins: parts === 'lm' ? null : Float32Array.from(outputs.flatMap((some) => [...someOf(some, 'margins')])),
  };
}

/** Losses add up over the runs of a step: each is a share of the step's. */
function sumOf(outputs: readonly Outputs[], name: string): number {
  return outputs.reduce((sum, some) => sum + scalarOf(some, name), 0);
}

/** The values of an output that each micro-batch of a program has of its own, one after another. */
function* someOf(outputs: Outputs, name: string): Generator<number> {
  for (let index = 0; outputs[numbered(name, index)] !== undefined; index += 1)
    yield* outputs[numbered(name, index)] as Float32Array;
}

function scalarOf(outputs: Outputs, name: string): number {
  return outputs[name]?.[0] ?? NaN;
}
