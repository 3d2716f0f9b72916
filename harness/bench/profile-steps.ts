/**
 * The first steps of a run under the engine's own profiler: where the time of a step goes, and the losses to compare
 * with another program's.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Session } from '../engine/index.ts';
import type { Program } from '../graph/index.ts';
import { initParameters, packerFor, type PackedRows } from '../model/index.ts';
import {
  attentionBlocks,
  cutIntoMicroBatches,
  flatteningFor,
  microBatchCount,
  plainStep,
  trainFeeds,
  trainProgram,
} from '../train/index.ts';
import { batchOf, benchScalars, typicalRows, type TrainStepBenchOptions } from './step-options.ts';

/** Of ONNX Runtime and, the last two, of tfjs. */
const products = new Set(['Gemm', 'MatMul', 'FusedMatMul', 'FusedGemm', 'BatchMatMul', '_FusedMatMul']);
const toldKernels = 3;

type StepLosses = readonly [pairwise: number, lm: number];

export interface StepProfile {
  /** Of the first steps from seed 0, each before its update: a fast wrong step would show here. */
  readonly losses: readonly StepLosses[];
  /** Share of kernel time in matrix products; null where the engine does not profile its kernels. */
  readonly gemmShare: number | null;
  /** The kernels that took most of the time, with their shares; none where the engine does not profile its kernels. */
  readonly slowest: readonly KernelShare[];
}

export interface KernelShare {
  readonly kernel: string;
  readonly share: number;
}

export async function profileSteps(options: TrainStepBenchOptions): Promise<StepProfile> {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-profile-'));
  try {
    const losses = await profileInto(path.join(folder, 'profile'), options);
    const shares = kernelShares(folder, options.profiledSteps);
    const ofProducts = shares.filter(({ kernel }) => products.has(kernel));
    return {
      losses,
      gemmShare: shares.length === 0 ? null : ofProducts.reduce((sum, { share }) => sum + share, 0),
      slowest: shares.slice(0, toldKernels),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The losses of the steps; the engine writes its profile under the prefix. */
async function profileInto(profilePrefix: string, options: TrainStepBenchOptions): Promise<StepProfile['losses']> {
  const { model, executor, threads } = options;
  const microBatches = executor.wantsWholeSteps === true ? 1 : microBatchCount(model, typicalRows(options));
  const session = await executor.compile(programOf(options, microBatches), { threads, profilePrefix });
  const losses = await runSteps(session, options, microBatches);
  await session.release();
  return losses;
}

function programOf(options: TrainStepBenchOptions, microBatches: number): Program {
  const { model, executor } = options;
  return trainProgram(model, 'pairwise+lm', microBatches, {
    ...plainStep,
    flattening: flatteningFor(executor),
    attentionBlocks: blocksOf(options, microBatches),
  });
}

function blocksOf(options: TrainStepBenchOptions, microBatches: number): readonly number[] {
  return options.executor.wantsWholeSteps === true ? [] : attentionBlocks(typicalRows(options), microBatches);
}

async function runSteps(
  session: Session,
  options: TrainStepBenchOptions,
  microBatches: number,
): Promise<StepProfile['losses']> {
  const { model, profiledSteps } = options;
  session.setState(initParameters(model, 0));
  const losses: StepLosses[] = [];
  for (let step = 0; step < profiledSteps; step++) {
    const packed = packedBatch(options, step, microBatches);
    const { pairwise, lm } = await session.run({ ...trainFeeds(packed, model, 'pairwise+lm'), ...benchScalars(step) });
    losses.push([pairwise?.[0] ?? Number.NaN, lm?.[0] ?? Number.NaN]);
  }
  return losses;
}

function packedBatch(options: TrainStepBenchOptions, step: number, microBatches: number): readonly PackedRows[] {
  const { model, rows, pairsPerStep } = options;
  const batch = batchOf(rows, step, pairsPerStep).map(({ prompt, chosen, rejected }) => {
    return { prompt, responses: [chosen, rejected] };
  });
  const blocks = blocksOf(options, microBatches);
  return cutIntoMicroBatches(batch, microBatches).map((some, index) => packerFor(model, blocks[index]).pack(some));
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

/**
 * Kernels by their share of the time, largest first; none where the engine wrote no profile of them. The first of the
 * steps warms up and is left out.
 */
function kernelShares(folder: string, profiledSteps: number): readonly KernelShare[] {
  const [file] = readdirSync(folder);
  if (file === undefined) return [];
  const events = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as readonly ProfileEvent[];
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name?.endsWith('_kernel_time') === true);
  const times = new Map<string, number>();
  for (const { dur = 0, args } of kernels.slice(Math.floor(kernels.length / profiledSteps)))
    times.set(args?.op_name ?? 'unnamed', (times.get(args?.op_name ?? 'unnamed') ?? 0) + dur);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  if (total === 0) return [];
  return [...times].map(([kernel, time]) => ({ kernel, share: time / total })).toSorted((a, b) => b.share - a.share);
}
