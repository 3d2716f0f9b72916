/** What generation is measured on: fixed models by size, and prompts of random tokens from a fixed stream. */
import type { Prompt } from '../generate/index.ts';
import { initParameters, type ModelConfig, type SavedModel } from '../model/index.ts';
import { randomStream } from '../random/index.ts';
import { yardstick } from './yardstick.ts';

export const generateSizes = ['0.3m', '5m', '30m'] as const;
export type GenerateSize = (typeof generateSizes)[number];

/** Parameters: 0.39 M, 5.26 M, 33.7 M. */
export function generateModel(size: GenerateSize): SavedModel {
  const model = size === '0.3m' ? { ...yardstick('5m'), name: 'yardstick-0.3m', ...smallest } : yardstick(size);
  return { model, parameters: initParameters(model, 0) };
}

const smallest = { hiddenSize: 64, layers: 2, heads: 2, keyValueHeads: 2, intermediateSize: 172, vocabSize: 2048 };

export interface GenerateWorkload {
  readonly prompts: number;
  /** Shortest and longest, drawn evenly. */
  readonly promptTokens: readonly [number, number];
  /** Of each response: none ends early. */
  readonly newTokens: number;
}

export const generateWorkload: Omit<GenerateWorkload, 'prompts'> = { promptTokens: [40, 120], newTokens: 128 };

/** Equal for equal arguments. Throws RangeError where a prompt and its response would not fit the context. */
export function drawPrompts(
  { prompts, promptTokens: [least, most], newTokens }: GenerateWorkload,
  { vocabSize, contextLength }: ModelConfig,
): readonly Prompt[] {
  if (most + newTokens > contextLength)
    throw new RangeError(`the workload needs ${most + newTokens} tokens, over the context length ${contextLength}`);
  const stream = randomStream(11, 'generate workload');
  return Array.from({ length: prompts }, (_, index) => ({
    key: String(index),
    tokens: Int32Array.from({ length: least + stream.integer(most - least + 1) }, () => stream.integer(vocabSize)),
  }));
}
