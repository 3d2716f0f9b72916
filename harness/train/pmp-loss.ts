/**
 * The training objectives as tensors: pairwise loss (Bradley-Terry, -log sigmoid of the margin), LM loss (next-token
 * cross-entropy on chosen responses), and their weighted sum, the PMP loss of CodePMP (arXiv 2410.02229, section 3). A
 * part of weight 0 is not in the graph at all, nor is a term that is off: the margin that rewards are to differ by
 * (Llama 2, arXiv 2307.09288, section 3.2.2), and the centering of rewards (arXiv 2312.09244).
 */
import {
  add,
  crossEntropyRows,
  divide,
  input,
  matmul,
  multiply,
  negate,
  reshape,
  softplus,
  square,
  subtract,
  sum,
  type Dim,
  type Tensor,
} from '../graph/index.ts';
import {
  declareReads,
  hiddenStates,
  logitsAt,
  numbered,
  readBlocks,
  tokenScores,
  type BatchInputs,
  type ParameterTensors,
} from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { plainStep, type StepFeatures } from './step-features.ts';

export interface ObjectiveWeights {
  readonly pairwiseWeight: number;
  readonly lmWeight: number;
}

/** Which losses a program computes; the weights themselves are fed, so one program serves every positive weight. */
export type ObjectiveParts = 'pairwise' | 'lm' | 'pairwise+lm';

export interface LossTensors {
  readonly total: Tensor;
  readonly pairwise: Tensor | null;
  readonly lm: Tensor | null;
  /** reward(chosen) - reward(rejected): [P]. */
  readonly margins: Tensor | null;
  /** Mean of (reward(chosen) + reward(rejected))^2. */
  readonly centering: Tensor | null;
}

/** Throws RangeError where both weights are 0: there would be nothing to learn. */
export function objectiveParts({ pairwiseWeight, lmWeight }: ObjectiveWeights): ObjectiveParts {
  if (pairwiseWeight > 0) return lmWeight > 0 ? 'pairwise+lm' : 'pairwise';
  if (lmWeight > 0) return 'lm';
  throw new RangeError(
    `an objective needs a positive weight, found pairwiseWeight ${pairwiseWeight}, lmWeight ${lmWeight}`,
  );
}

export interface LossOptions {
  readonly model: ModelSpec;
  readonly parts: ObjectiveParts;
  readonly parameters: ParameterTensors;
  readonly features?: StepFeatures;
  /** Declared once for all micro-batches of a program. */
  readonly scalars?: LossScalars;
}

export type LossScalars = Readonly<Record<(typeof scalarNames)[number], Tensor>>;

const scalarNames = ['pairCount', 'labelCount', 'pairwiseWeight', 'lmWeight', 'centeringWeight'] as const;

/** The fed scalars of the losses. A program takes those that it reads. */
export function declareLossScalars(): LossScalars {
  return Object.fromEntries(scalarNames.map((name) => [name, input(name, [])])) as unknown as LossScalars;
}

/**
 * What micro-batch `index` adds to the losses of a step. Both means are over the whole step (sums divided by the fed
 * `pairCount` and `labelCount`), never means of means: a pair or a token counts the same however the batch is cut.
 */
export function pmpLoss(options: LossOptions, batch: BatchInputs, index = 0): LossTensors {
  const { model, parts, parameters, features = plainStep, scalars = declareLossScalars() } = options;
  const labelRows = parts === 'pairwise' ? null : parts;
  const blocks = readBlocks(features.attentionBlocks[index] ?? 1, {
    labelRows,
    pooling: parts === 'lm' ? null : model.rewardPooling,
  });
  const hidden = hiddenStates(model, parameters, batch, declareReads(batch, index, blocks)); // [M, D]
  const part = { hidden, index, features, scalars };
  const losses = {
    lm: parts === 'pairwise' ? null : lmLoss(model, parameters, part),
    ...(parts === 'lm' ? noPairLosses : pairLossesOf(parameters, part)),
  };
  return { total: weightedTotal(losses, scalars), ...losses };
}

/** The hidden states that losses are read from, and which micro-batch they are of. */
interface LossPart {
  readonly hidden: Tensor;
  readonly index: number;
  readonly features: StepFeatures;
  readonly scalars: LossScalars;
}

/** The sum of the losses that there are, each times its fed weight. */
function weightedTotal(
  { pairwise, lm, centering }: Omit<LossTensors, 'total' | 'margins'>,
  { pairwiseWeight, lmWeight, centeringWeight }: LossScalars,
): Tensor {
  const weighted = [
    pairwise && multiply(pairwise, pairwiseWeight),
    lm && multiply(lm, lmWeight),
    centering && multiply(centering, centeringWeight),
  ];
  return weighted.filter((loss) => loss !== null).reduce(add);
}

type PairLosses = Pick<LossTensors, 'pairwise' | 'centering' | 'margins'>;

const noPairLosses: PairLosses = { pairwise: null, centering: null, margins: null };

function pairLossesOf(parameters: ParameterTensors, { hidden, index, features, scalars }: LossPart): PairLosses {
  const scores = tokenScores(parameters, hidden);
  const { pairCount } = scalars;
  const margins = pooled('marginPooling', scores, index);
  return {
    margins,
    pairwise: divide(sum(softplus(negate(exceeding(margins, index, features))), [0]), pairCount),
    centering: features.rewardCentering
      ? divide(sum(square(pooled('rewardSumPooling', scores, index)), [0]), pairCount)
      : null,
  };
}

/** One value a pair [P] out of the scores of read tokens [M, 1], by a fed matrix [P, M]. */
function pooled(name: 'marginPooling' | 'rewardSumPooling', scores: Tensor, index: number): Tensor {
  const pairs = numbered('P', index);
  return reshape(matmul(input(numbered(name, index), [pairs, scores.shape[0] as Dim]), scores), [pairs]);
}

/** By how much the margins exceed the target margins: [P]. */
function exceeding(margins: Tensor, index: number, { targetMargin }: StepFeatures): Tensor {
  return targetMargin ? subtract(margins, input(numbered('targetMargin', index), [numbered('P', index)])) : margins;
}

/**
 * Summed over labelled tokens, so a long response weighs more than a short one; where pairs share responses, each label
 * counts once a pair that chose it.
 */
function lmLoss(
  model: ModelSpec,
  parameters: ParameterTensors,
  { hidden, index, features, scalars }: LossPart,
): Tensor {
  const labels = [numbered('L', index)];
  const rows = input(numbered('labelRows', index), labels, 'int32');
  // Where prompts are shared, the last token of one predicts the first of each of its responses.
  const logits = logitsAt(model, parameters, hidden, { rows, areDistinct: !features.sharedPrompts }); // [L, V]
  const losses = crossEntropyRows(logits, input(numbered('labelTargets', index), labels, 'int32'));
  const weighted = features.sharedPrompts ? multiply(losses, input(numbered('labelWeights', index), labels)) : losses;
  return divide(sum(weighted, [0]), scalars.labelCount);
}
