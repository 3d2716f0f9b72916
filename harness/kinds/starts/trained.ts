/**
 * A base language model that the experiment trains itself: every trial goes on from its weights, with a reward head of
 * its own. It stands for the checkpoint that the paper begins with (CodePMP, arXiv 2410.02229, starts from Qwen2).
 */
import { z } from 'zod';
import {
  kindOf,
  pretrainSchema,
  seed,
  trainedModelRules,
  unionOf,
  type KindSpec,
  type PretrainSpec,
} from '../../spec/index.ts';
import type { PairsKind, StartKind } from '../kind.ts';

interface TrainedStart extends KindSpec {
  readonly pairs: KindSpec;
  readonly pretrain: Omit<PretrainSpec, 'objective'>;
  readonly seed: number;
}

/** @param sources What it can learn from. */
export function trainedStart(sources: readonly PairsKind[]): StartKind<TrainedStart> {
  const text = unionOf(sources) as unknown as z.ZodType<KindSpec>;
  return {
    kind: 'trained',
    schema: z.strictObject({
      kind: z.literal('trained'),
      pairs: text.describe('What it learns from, by language modelling: of each pair the chosen response.'),
      pretrain: pretrainSchema.omit({ objective: true }).describe('How it is trained. Its model is that of the trial.'),
      seed: seed.default(0).describe('One base for all seeds of the experiment, as one checkpoint would be.'),
    }),
    provides: () => null,
    training: ({ pairs, pretrain, seed: ofBase }) => ({
      pairs,
      pretrain: { ...pretrain, objective: { kind: 'lm' } },
      seed: ofBase,
    }),
    rules: ({ pairs, pretrain }) => {
      const ofPairs = kindOf(sources, pairs).rules?.(pairs) ?? [];
      // Those of the model are told where it stands.
      const ofTraining = trainedModelRules({ model: null, pretrain: { ...pretrain, objective: { kind: 'lm' } } });
      return [
        ...ofPairs.map((one) => ({ ...one, fields: one.fields.map((field) => `pairs.${field}`) })),
        ...ofTraining,
      ];
    },
    parameters: async () => {
      throw new Error('a trained start is an input of its stages');
    },
    tokenizerFiles: () => null,
  };
}
