/**
 * A language model that the experiment trains on the functions of its corpus. The stronger of two has more parameters,
 * or has seen more (CodePMP's pairs come from a stronger and a weaker model, arXiv 2410.02229).
 */
import { z } from 'zod';
import {
  modelSchema,
  pretrainSchema,
  trainedModelRules,
  type ModelSpec,
  type PretrainSpec,
  type RuleBreak,
} from '../../spec/index.ts';
import type { GeneratorKind } from '../kind.ts';
import { samplingFields } from './sampling.ts';

const schema = z.strictObject({
  kind: z.literal('trained'),
  model: modelSchema,
  pretrain: pretrainSchema
    .omit({ objective: true })
    .describe('How it is trained, by language modelling on functions: a pair of its budget is one function.'),
  ...samplingFields,
});

interface TrainedSpec extends Omit<z.output<typeof schema>, 'model' | 'pretrain'> {
  readonly model: ModelSpec;
  readonly pretrain: Omit<PretrainSpec, 'objective'>;
}

export const trained: GeneratorKind<TrainedSpec> = {
  kind: 'trained',
  schema,
  restated: ['model', 'pretrain'],
  isReproducible: true,
  rules: ({ model, pretrain }) => [
    ...trainedModelRules({ model, pretrain: { ...pretrain, objective: { kind: 'lm' } } }),
    ...endRules(model),
  ],
  training: ({ model, pretrain, seed }) => ({ model, pretrain: { ...pretrain, objective: { kind: 'lm' } }, seed }),
  sampled: ({ temperature, topP, maxTokens, seed }, trainedFolder) => {
    if (trainedFolder === null) throw new Error('the plan has no model for a trained generator');
    return { folder: trainedFolder, sampling: { temperature, topP, maxTokens, seed } };
  },
};

/** Without an end token in what it learns from, every completion would go on to `maxTokens`. */
function endRules({ responseEnd }: ModelSpec): readonly RuleBreak[] {
  if (responseEnd === null) return [];
  const expected = 'null: with its end token a generator says that it has finished';
  return [{ fields: ['model.responseEnd'], expected, found: responseEnd }];
}
