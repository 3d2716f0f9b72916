/** Small models of every family with random weights, prompts for them, and generation without a cache. */
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import type { LanguageModel, Prompt } from '../../harness/generate/index.ts';
import { programOf } from '../../harness/graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  nextLogits,
  masksOf,
  packerFor,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import type { Executor } from '../../harness/engine/index.ts';
import { bumpyParameters, constantsWith, tinyFamilies, vocabSize } from '../model/tiny-models.ts';

const gemma2 = tinyFamilies.find(({ family }) => family === 'gemma2')!;

/**
 * Contexts that cross the slots of a cache, windows that end within its first slots and beyond them, and widths that
 * threads would cut.
 */
export const models: readonly ModelConfig[] = [
  ...tinyFamilies,
  { ...gemma2, constants: constantsWith({ ...gemma2.constants, slidingWindow: 66 }) },
].map((tiny) => ({ ...tiny, contextLength: 160 }));

export function languageModel(
  model: ModelConfig,
  { executor = onnxruntimeCpu(), threads = 1 }: { readonly executor?: Executor; readonly threads?: number } = {},
): LanguageModel {
  return { model, parameters: bumpyParameters(model), executor, threads };
}

/** Random tokens; `lengths` of the prompts. */
export function randomPrompts(lengths: readonly number[], vocabulary = vocabSize): readonly Prompt[] {
  const stream = randomStream(5, 'prompts');
  return lengths.map((length, index) => ({
    key: `prompt ${index}`,
    tokens: Int32Array.from({ length }, () => stream.integer(vocabulary)),
  }));
}

/** Logits after every token of `tokens` but the first: a whole forward pass, [length - 1, vocabSize]. */
export async function fullLogits(
  { model, parameters, executor }: LanguageModel,
  tokens: Int32Array,
): Promise<Float32Array> {
  const batch = declareBatch();
  const declared = declareParameters(model);
  const logits = nextLogits(model, declared, hiddenStates(model, declared, batch));
  const needed = new Set(programOf({ outputs: { logits }, state: [] }).inputs);
  const state = Object.entries(declared)
    .filter(([, tensor]) => needed.has(tensor as never))
    .map(([name, tensor]) => ({ name, input: tensor, next: tensor }));
  const session = await executor.compile(programOf({ outputs: { logits }, state }));
  try {
    session.setState(Object.fromEntries(state.map(({ name }) => [name, parameters[name]!])));
    const row = { prompt: tokens.slice(0, 1), responses: [tokens.slice(1)] };
    const packed = packerFor(model).pack([row]);
    const values = await session.run(batchFeeds(packed, 0, masksOf(model)));
    return values['logits']!;
  } finally {
    await session.release();
  }
}
