/**
 * The two programs of generation: `prefill` reads whole prompts, `step` one token a row against the cache. Sizes are
 * symbols, so each is compiled once for batches and caches of any size. The parameters are constants of the programs:
 * ONNX Runtime then rearranges each weight once, when it compiles, not at every product (a step of 8 rows takes 0.6 of
 * the time). And products with a rearranged weight add up a row in the same order however many rows there are.
 */
import type { Session } from '../engine/index.ts';
import { constant, input, multiply, programOf, softmax, type Program, type Tensor } from '../graph/index.ts';
import {
  cacheNames,
  declareBatch,
  declareReads,
  declareStep,
  nextLogits,
  packedRows,
  parameterShapes,
  scoreNames,
  statesAndCache,
  stepStates,
  type ModelConfig,
  type Parameters,
  type StatesAndCache,
} from '../model/index.ts';
import { checkHead, type LanguageModel } from './language-model.ts';

/** What a program gives for the next token: logits where the highest is taken, else probabilities. */
export const nextTokenName = 'next';
/** The fed 1 / temperature of probabilities. */
export const inverseTemperatureName = 'inverseTemperature';

/** Compiled programs; their owner releases them. */
export interface GenerationSessions {
  readonly prefill: Session;
  readonly step: Session;
  release(): Promise<void>;
}

/** @param isGreedy Whether the next token is the one with the highest logit. */
export async function compileGeneration(language: LanguageModel, isGreedy: boolean): Promise<GenerationSessions> {
  checkHead(language);
  const { model, executor, threads } = language;
  const parameters = constants(model, language.parameters);
  const prefill = await executor.compile(prefillProgram(model, parameters, isGreedy), { threads });
  try {
    const step = await executor.compile(stepProgram(model, parameters, isGreedy), { threads });
    return {
      prefill,
      step,
      release: async () => {
        await step.release();
        await prefill.release();
      },
    };
  } catch (error) {
    await prefill.release();
    throw error;
  }
}

type Constants = Readonly<Record<string, Tensor>>;

function constants(model: ModelConfig, parameters: Parameters): Constants {
  const names = [...parameterShapes(model)].filter(([name]) => !scoreNames.has(name));
  return Object.fromEntries(
    names.map(([name, shape]) => {
      const data = parameters[name];
      if (data === undefined) throw new RangeError(`parameter ${name} is missing`);
      return [name, constant({ shape, data })];
    }),
  );
}

/** Outputs of the last token of every prompt, and of all tokens the keys and values: [N, KV * d] a layer. */
function prefillProgram(model: ModelConfig, parameters: Constants, isGreedy: boolean): Program {
  const batch = declareBatch();
  const rows = packedRows(batch, declareReads(batch));
  return generationProgram(model, parameters, statesAndCache(model, parameters, rows), isGreedy);
}

/** Outputs of the new tokens: [B, vocabSize], and [B, KV * d] a layer. */
function stepProgram(model: ModelConfig, parameters: Constants, isGreedy: boolean): Program {
  return generationProgram(model, parameters, stepStates(model, parameters, declareStep(model)), isGreedy);
}

function generationProgram(
  model: ModelConfig,
  parameters: Constants,
  { states, cache }: StatesAndCache,
  isGreedy: boolean,
): Program {
  const logits = nextLogits(model, parameters, states);
  const next = isGreedy ? logits : softmax(multiply(logits, input(inverseTemperatureName, [])));
  const kept = cache.flatMap(({ key, value }, layer) => [
    [cacheNames.key(layer), key] as const,
    [cacheNames.value(layer), value] as const,
  ]);
  return programOf({ outputs: { [nextTokenName]: next, ...Object.fromEntries(kept) }, state: [] });
}
