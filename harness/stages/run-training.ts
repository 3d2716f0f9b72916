/** Training inside a stage: the order of its pairs written first, then whoever computes it takes the steps. */
import { objectiveParts, rowLengths, type BatchOrder } from '../train/index.ts';
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
  const { folder } = context;
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
    return await compute.train(context, { ...training, typical, rowsAt: (step) => written.at(step) });
  } finally {
    written.close();
  }
}
