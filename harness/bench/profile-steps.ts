/**
 * The first steps of a run under the engine's own profiler: where the time of a step goes, and the losses to compare
 * with another program's.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Session } from '../engine/index.ts';
import { initParameters, RowPacker } from '../model/index.ts';
import { cutIntoMicroBatches, microBatchCount, trainFeeds, trainProgram } from '../train/index.ts';
import { batchOf, benchScalars, type TrainStepBenchOptions } from './step-options.ts';

/** The first of these warms up and is left out of the profile's sums. */
const profiledSteps = 3;
const products = new Set(['Gemm', 'MatMul', 'FusedMatMul', 'FusedGemm']);

export interface StepProfile {
  /** [pairwise, lm] of the first steps from seed 0, each before its update: a fast wrong step would show here. */
  readonly losses: readonly (readonly [number, number])[];
  /** Share of kernel time in matrix products; null where the engine does not profile its kernels. */
  readonly gemmShare: number | null;
}

export async function profileSteps(options: TrainStepBenchOptions): Promise<StepProfile> {
  const { model, executor, threads, pairsPerStep } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-profile-'));
  const microBatches = executor.wantsWholeSteps === true ? 1 : microBatchCount(model, pairsPerStep);
  const program = trainProgram(model, 'pairwise+lm', microBatches);
  try {
    const session = await executor.compile(program, { threads, profilePrefix: path.join(folder, 'profile') });
    const losses = await runSteps(session, options, microBatches);
    await session.release();
    return { losses, gemmShare: productShare(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runSteps(
  session: Session,
  { model, rows, pairsPerStep }: TrainStepBenchOptions,
  microBatches: number,
): Promise<(readonly [number, number])[]> {
  session.setState(initParameters(model, 0));
  const losses: (readonly [number, number])[] = [];
  for (let step = 0; step < profiledSteps; step++) {
    const batch = batchOf(rows, step, pairsPerStep).map(({ prompt, chosen, rejected }) => ({
      prompt,
      responses: [chosen, rejected],
    }));
    const packed = cutIntoMicroBatches(batch, microBatches).map((some) =>
      new RowPacker(model.contextLength).pack(some),
    );
    const { pairwise, lm } = await session.run({ ...trainFeeds(packed, model, 'pairwise+lm'), ...benchScalars(step) });
    losses.push([pairwise?.[0] ?? Number.NaN, lm?.[0] ?? Number.NaN]);
  }
  return losses;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

/** null where the engine wrote no profile of its kernels. */
function productShare(folder: string): number | null {
  const [file] = readdirSync(folder);
  if (file === undefined) return null;
  const events = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as readonly ProfileEvent[];
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name?.endsWith('_kernel_time') === true);
  const warm = kernels.slice(Math.floor(kernels.length / profiledSteps));
  const total = warm.reduce((sum, { dur = 0 }) => sum + dur, 0);
  const inProducts = warm
    .filter(({ args }) => products.has(args?.op_name ?? ''))
    .reduce((sum, { dur = 0 }) => sum + dur, 0);
  return total > 0 ? inProducts / total : null;
}
