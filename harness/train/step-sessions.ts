/**
 * The compiled programs of a run: which ones its options need, how the program of a plain step is cut, and under which
 * key other runs share them.
 */
import {
  allParameterShapes,
  architectureKey,
  learnedNames,
  packerFor,
  type ModelConfig,
  type RowPacker,
} from '../model/index.ts';
import type { Program } from '../graph/index.ts';
import type { OptimizerSpec } from '../spec/experiment-schema.ts';
import { attentionBlocks, microBatchCount, type RowLengths } from './micro-batches.ts';
import { normsProgram, type NormsOptions } from './norms-program.ts';
import type { ObjectiveParts, ObjectiveWeights } from './pmp-loss.ts';
import type { LinkedPrograms, SessionCache, SessionLease } from './session-cache.ts';
import { featuresKey, stepFeatures, type StepFeatures, type TrainFeatures } from './step-features.ts';
import { trainedNames } from './step-tensors.ts';
import { accumulateProgram, applyProgram, trainProgram } from './train-program.ts';

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

/** @param typical Rows of some batches: how the program of a plain step is cut follows from them. */
export async function openSessions(
  options: StepOptions,
  sessions: SessionCache,
  typical: RowLengths,
): Promise<StepSessions> {
  const { features, optimizer, model } = options;
  const microBatches = microBatchesOf(options, sessions.wantsWholeSteps ? null : typical);
  const blocks = sessions.wantsWholeSteps ? [] : attentionBlocks(typical, microBatches);
  const step = stepFeatures(features, optimizer, sessions.flattening, blocks);
  return {
    lease: await leaseOf(options, sessions, step, microBatches),
    step,
    packers: Array.from({ length: microBatches }, (_, index) => packerFor(model, blocks[index])),
  };
}

/**
 * Micro-batches of one program. A part of an accumulated step is not cut again: 64 pairs in parts of 16 at width 256
 * took the same time and memory either way. Shared prompts leave fewer rows than pairs.
 * @param typical Null where the executor takes whole steps only.
 */
function microBatchesOf({ model, features }: StepOptions, typical: RowLengths | null): number {
  const isWhole = features.pairsPerMicroBatch !== null || features.sharePrompts === true || typical === null;
  return isWhole ? 1 : microBatchCount(model, typical);
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

/** Shapes and names of what the program of norms reads. */
export function normsOptions(
  { model, parts }: StepOptions,
  { trainable, momentStorage, flattening }: StepFeatures,
): NormsOptions {
  return {
    shapes: allParameterShapes(model, trainable),
    trained: trainedNames(learnedNames(model, trainable), parts),
    momentStorage,
    flattening,
  };
}
