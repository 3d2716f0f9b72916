/** One training step as one program: forward, backward, clip, AdamW. Parameters and moments are state that stays with the session. */
import { gradients, input, programOf, type Program, type Tensor } from '../graph/index.ts';
import { declareBatch, declareParameters, lmHeadNames, scoreName, type FeedArray } from '../model/index.ts';
import { batchFeeds, lmLabels, marginPooling, numbered, type PackedRows } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { adamW } from './adamw.ts';
import { momentNames } from './state-layout.ts';
import { pmpLoss, type ObjectiveParts } from './pmp-loss.ts';

/**
 * Outputs: `total`, `gradientNorm`, and as the objective has them `pairwise`, `lm`, `margins` [P].
 * @param microBatches The step's pairs come in this many batches, one after another inside the program; their gradients add up. Activations then stay in the
 * processor's cache, and short rows are not padded to the length of long ones.
 */
export function trainProgram(model: ModelSpec, vocabSize: number, parts: ObjectiveParts, microBatches = 1): Program {
  const parameters = declareParameters(model, vocabSize);
  const { total, pairwise, lm, margins } = pmpLoss(model, parts, parameters, Array.from({ length: microBatches }, (_, index) => declareBatch(index)));
  const names = trainedNames(Object.keys(parameters), parts);
  const trained = names.map((name) => parameters[name] as Tensor);
  const slopes = gradients(total, trained);
  const learned = trained.map((parameter, index) => {
    const name = names[index] as string;
    const moments = { first: input(momentNames.first(name), parameter.shape), second: input(momentNames.second(name), parameter.shape) };
    return { name, parameter, gradient: slopes[index] as Tensor, moments };
  });
  const { updated, gradientNorm } = adamW(learned);
  const state = learned.flatMap(({ name, parameter, moments }, index) => {
    const next = updated[index] as (typeof updated)[number];
    return [
      { name, input: parameter, next: next.parameter },
      { name: momentNames.first(name), input: moments.first, next: next.first },
      { name: momentNames.second(name), input: moments.second, next: next.second },
    ];
  });
  const outputs = { total, gradientNorm, ...(pairwise && { pairwise }), ...(lm && { lm }), ...Object.fromEntries((margins ?? []).map((some, index) => [numbered('margins', index), some])) };
  return programOf({ outputs, state });
}

/** The parameters a step changes: without a pairwise part the score head is not in the graph, without an LM part an LM head of its own is not, so neither weight decay nor moments touch them. */
export function trainedNames(names: readonly string[], parts: ObjectiveParts): readonly string[] {
  return names.filter((name) => !(parts === 'lm' && name === scoreName) && !(parts === 'pairwise' && lmHeadNames.has(name)));
}

/** The fed arrays of one step for the program of `parts` with as many micro-batches. */
export function trainFeeds(microBatches: readonly PackedRows[], model: ModelSpec, parts: ObjectiveParts): Readonly<Record<string, FeedArray | number>> {
  const feeds: Record<string, FeedArray | number> = {};
  let pairCount = 0;
  let labelCount = 0;
  for (const [index, packed] of microBatches.entries()) {
    Object.assign(feeds, batchFeeds(packed, index));
    if (parts !== 'pairwise') {
      const { labelRows, labelTargets } = lmLabels(packed);
      labelCount += labelRows.length;
      feeds[numbered('labelRows', index)] = { data: labelRows, shape: [labelRows.length] };
      feeds[numbered('labelTargets', index)] = { data: labelTargets, shape: [labelTargets.length] };
    }
    if (parts === 'lm') continue;
    pairCount += packed.rows;
    feeds[numbered('marginPooling', index)] = { data: marginPooling(packed, model.rewardPooling), shape: [packed.rows, packed.tokens] };
  }
  return { ...feeds, ...(parts !== 'lm' && { pairCount }), ...(parts !== 'pairwise' && { labelCount }) };
}
