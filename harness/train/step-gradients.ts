/** The losses of a step and their gradients, one micro-batch after another. */
import { add, after, gradients, type Tensor } from '../graph/index.ts';
import { declareBatch } from '../model/index.ts';
import { declareLossScalars, pmpLoss, type LossOptions, type LossTensors } from './pmp-loss.ts';

export interface StepGradients {
  /** Of each micro-batch: its share of the step's. */
  readonly losses: readonly LossTensors[];
  /** Of the whole step, for each of `trained`. */
  readonly slopes: readonly Tensor[];
}

/**
 * A micro-batch begins when the gradients of the one before it are added up, so that the activations of one at a time
 * are in memory. The last parameters come first: their gradients are known first.
 */
export function stepGradients(options: LossOptions, trained: readonly Tensor[], microBatches: number): StepGradients {
  const losses: LossTensors[] = [];
  const scalars = declareLossScalars();
  let slopes: readonly Tensor[] = [];
  for (let index = 0; index < microBatches; index++) {
    const batch = declareBatch(index, options.features?.attentionBlocks[index]);
    const loss = pmpLoss(
      { ...options, scalars },
      { ...batch, tokenIds: after(batch.tokenIds, slopes.toReversed()) },
      index,
    );
    const own = gradients(loss.total, trained);
    slopes = index === 0 ? own : slopes.map((sum, at) => add(sum, own[at] as Tensor));
    losses.push(loss);
  }
  return { losses, slopes };
}
