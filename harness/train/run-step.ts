/**
 * One update of a run, as a plain step or by accumulation: the pairs of the step packed and fed, the losses of the
 * whole step read back. This file decides what each session is for; the loop decides when a step is taken.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import {
  adapterScaleName,
  allParameterShapes,
  architectureKey,
  learnedNames,
  numbered,
  RowPacker,
  type ModelConfig,
} from '../model/index.ts';
import type { Session } from '../engine/index.ts';
import type { Program } from '../graph/index.ts';
import type { OptimizerSpec } from '../spec/experiment-schema.ts';
import { adamWScalars } from './adamw.ts';
import { cutIntoMicroBatches, microBatchCount } from './micro-batches.ts';
import { normsFeeds, normsProgram } from './norms-program.ts';
import { cutPairs, packedPairs, pairRows, type PairRow } from './pair-rows.ts';
import type { ObjectiveParts, ObjectiveWeights } from './pmp-loss.ts';
import type { LinkedPrograms, SessionCache, SessionLease } from './session-cache.ts';
import { featuresKey, stepFeatures, targetMarginOf, type StepFeatures, type TrainFeatures } from './step-features.ts';
import { stepCounts, stepFeeds, type MicroBatch, type StepCounts, type StepFeeds } from './train-feeds.ts';
import { accumulateProgram, applyProgram, trainedNames, trainProgram } from './train-program.ts';

export interface StepOptions {
  readonly model: ModelConfig;
  readonly parts: ObjectiveParts;
  readonly objective: ObjectiveWeights;
  readonly optimizer: OptimizerSpec;
  readonly features: TrainFeatures;
}

/** The compiled programs of a run, in exclusive use until `lease.done()`. */
export interface StepSessions {
  readonly lease: SessionLease;
  readonly step: StepFeatures;
  /** One a micro-batch of a program, so that packed arrays live until the run is over. */
  readonly packers: readonly RowPacker[];
}

/** The measurements of one update; the losses are of the weights before it. */
export interface Measured {
  readonly total: number;
  readonly gradientNorm: number;
  readonly pairwise: number | null;
  readonly lm: number | null;
  readonly centering: number | null;
  readonly margins: Float32Array | null;
}

/** @param pairsPerStep Of the first step: how the program of a plain step is cut follows from it. */
export async function openSessions(
  options: StepOptions,
  sessions: SessionCache,
  pairsPerStep: number,
): Promise<StepSessions> {
  const step = stepFeatures(options.features, options.optimizer);
  const microBatches = microBatchesOf(options, step, sessions.wantsWholeSteps ? null : pairsPerStep);
  const { contextLength } = options.model;
  return {
    lease: await leaseOf(options, sessions, step, microBatches),
    step,
    packers: Array.from({ length: microBatches }, () => new RowPacker(contextLength)),
  };
}

/**
 * Micro-batches of one program. A part of an accumulated step is not cut again: 64 pairs in parts of 16 at width 256
 * took the same time and memory either way. Shared prompts leave fewer rows than pairs.
 * @param pairsPerStep Null where the executor takes whole steps only.
 */
function microBatchesOf({ model, features }: StepOptions, step: StepFeatures, pairsPerStep: number | null): number {
  const isWhole = features.pairsPerMicroBatch !== null || step.sharedPrompts || pairsPerStep === null;
  return isWhole ? 1 : microBatchCount(model, pairsPerStep);
}

function leaseOf(
  options: StepOptions,
  sessions: SessionCache,
  step: StepFeatures,
  microBatches: number,
): Promise<SessionLease> {
  const { model, parts } = options;
  const build = (): Program =>
    isPlain(options) ? trainProgram(model, parts, microBatches, step) : applyProgram(model, parts, step);
  return sessions.acquire(programsKey(options, step, microBatches), build, linkedPrograms(options, step));
}

function isPlain({ features }: StepOptions): boolean {
  return features.pairsPerMicroBatch === null;
}

function linkedPrograms(options: StepOptions, step: StepFeatures): LinkedPrograms {
  const { model, parts } = options;
  const norms = (): Program => normsProgram(normsOptions(options, step));
  return isPlain(options) ? { norms } : { accumulate: () => accumulateProgram(model, parts, step), norms };
}

function programsKey(options: StepOptions, step: StepFeatures, microBatches: number): string {
  const { model, parts } = options;
  const kind = isPlain(options) ? 'train' : 'accumulate';
  return `${kind} ${parts} ${microBatches} ${architectureKey(model)} ${featuresKey(step)}`;
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
  return pairs.reduce(
    (tokens, { prompt, chosen, rejected }) =>
      tokens + prompt.length + chosen.length + (parts === 'lm' ? 0 : rejected.length),
    0,
  );
}

type Outputs = Readonly<Record<string, Float32Array>>;

function normsOptions(
  { model, parts }: StepOptions,
  { trainable, momentStorage }: StepFeatures,
): Parameters<typeof normsProgram>[0] {
  return {
    shapes: allParameterShapes(model, trainable),
    trained: trainedNames(learnedNames(model, trainable), parts),
    momentStorage,
  };
}

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
