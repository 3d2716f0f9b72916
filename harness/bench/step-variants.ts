/**
 * The gain of each saving of the training step: variants with and without it take turns on the same engine and compute
 * the same losses. The first variant computes what a padded implementation does; each further one leaves out something
 * that no loss depends on.
 */
import type { Session } from '../engine/index.ts';
import { initParameters } from '../model/index.ts';
import { median } from '../stats/index.ts';
import { microBatchCount, plainStep, trainProgram } from '../train/index.ts';
import { batchOf, benchScalars, typicalRows, type TrainStepBenchOptions } from './step-options.ts';
import { variantFeeds, type Variant } from './variant-feeds.ts';

const asUsual: Variant = {
  name: 'padded rows, a prompt for each response, logits everywhere',
  sharedPrompt: false,
  isPadded: true,
  logits: 'chosen rows',
  lastLayer: 'all tokens',
  isCut: false,
  updatesInPlace: false,
};
const savings: readonly Partial<Variant>[] = [
  { name: 'logits only at labels', logits: 'labels' },
  { name: 'no padding outside attention', isPadded: false },
  { name: 'one prompt for both responses', sharedPrompt: true },
  { name: 'last layer only where it is read', lastLayer: 'read tokens' },
  { name: 'micro-batches of similar length', isCut: true },
  { name: 'parameters updated in one pass each', updatesInPlace: true },
];

const warmUpSteps = 1;

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
  const runs = await openVariants(options);
  for (let step = 0; step < warmUpSteps + options.steps; step++) {
    for (const run of runs) await takeStep(run, options, step, step >= warmUpSteps);
  }
  for (const { session } of runs) await session.release();
  return runs.map((run, index) => resultOf(run, { before: runs[index - 1] ?? run, first: runs[0] as VariantRun }));
}

/** Each with one saving more than the one before. */
async function openVariants(options: TrainStepBenchOptions): Promise<readonly VariantRun[]> {
  const runs = [await openVariant(asUsual, options)];
  for (const saving of savings)
    runs.push(await openVariant({ ...(runs.at(-1) as VariantRun).variant, ...saving }, options));
  return runs;
}

function resultOf(
  { variant, stepMs, losses }: VariantRun,
  { before, first }: { readonly before: VariantRun; readonly first: VariantRun },
): VariantResult {
  const differences = losses.map((loss, part) => Math.abs(loss - (first.losses[part] ?? Number.NaN)));
  return {
    name: variant.name,
    stepMsMedian: median(stepMs),
    speedup: median(before.stepMs) / median(stepMs),
    lossDifference: Math.max(...differences),
  };
}

interface VariantRun {
  readonly variant: Variant;
  readonly session: Session;
  readonly microBatches: number;
  readonly stepMs: number[];
  losses: readonly number[];
}

async function openVariant(variant: Variant, options: TrainStepBenchOptions): Promise<VariantRun> {
  const { model, executor, threads } = options;
  const microBatches = variant.isCut ? microBatchCount(model, typicalRows(options)) : 1;
  const session = await executor.compile(
    trainProgram(model, 'pairwise+lm', microBatches, { ...plainStep, sharedPrompts: true }),
    { threads, updatesInPlace: variant.updatesInPlace },
  );
  session.setState(initParameters(model, 0));
  return { variant, session, microBatches, stepMs: [], losses: [] };
}

async function takeStep(
  run: VariantRun,
  { model, rows, pairsPerStep }: TrainStepBenchOptions,
  step: number,
  isMeasured: boolean,
): Promise<void> {
  const start = performance.now();
  const { pairwise, lm } = await run.session.run({
    ...variantFeeds(run.variant, { model, microBatches: run.microBatches }, batchOf(rows, step, pairsPerStep)),
    ...benchScalars(step),
  });
  if (isMeasured) run.stepMs.push(performance.now() - start);
  if (step === 0) run.losses = [pairwise?.[0] ?? Number.NaN, lm?.[0] ?? Number.NaN];
}
