/** Training inside a stage: the order of its pairs written first, then whoever computes it takes the steps. */
import { objectiveParts, rowLengths, type BatchOrder, type TrainFeatures, plainTraining } from '../train/index.ts';
import { openOrder, writeOrder } from './batch-order.ts';
import type { StagePlace, StageRun, TrainedRun } from './compute.ts';
import type { StageContext } from './stage-kind.ts';

/** The window in which pairs of similar length go together. */
const typicalBatches = 8;

export interface StageTraining extends Omit<StageRun, 'rowsAt' | 'typical'> {
  /** Rows of `pairs` by step. */
  readonly order: Pick<BatchOrder, 'at'>;
}

/**
 * Trains to `toStep`, from the resume point of an interrupted attempt where there is one (resuming is exact, so when it
 * was taken does not matter).
 */
export async function runTraining(
  context: StagePlace & Pick<StageContext, 'compute'>,
  { order, ...training }: StageTraining,
): Promise<TrainedRun> {
  const { folder, execution } = context;
  const { pairs } = training;
  await writeOrder(folder, order, training.toStep);
  const written = openOrder(folder);
  try {
    const parts = objectiveParts(training.objective);
    // From the whole order, wherever this attempt begins and however far it goes.
    const typical = Array.from({ length: typicalBatches }, (_, step) =>
      rowLengths(
        order.at(step).map((row) => pairs.at(row)),
        parts,
      ),
    );
    const compute = await context.compute();
    const { halvings = 0 } = execution;
    const run =
      halvings === 0 ? training : { ...training, features: halved(training.features, order.at(0).length, halvings) };
    return await compute.train(context, { ...run, typical, rowsAt: (step) => written.at(step) });
  } finally {
    written.close();
  }
}

/**
 * After memory was exhausted fewer pairs of a step are computed at a time. Sums run over the whole step still, so that
 * losses differ by rounding alone (`pairsPerMicroBatch` is no identity).
 */
function halved(features: TrainFeatures = plainTraining, pairsPerStep: number, halvings: number): TrainFeatures {
  const pairsAtOnce = features.pairsPerMicroBatch ?? pairsPerStep;
  return { ...features, pairsPerMicroBatch: Math.max(1, Math.floor(pairsAtOnce / 2 ** halvings)) };
}
