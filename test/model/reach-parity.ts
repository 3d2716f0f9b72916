/** How far the harness is from what fixtures/make_reach_fixtures.py says of a model, by executor. */
import { onnxruntimeCpu, type Executor } from '../../harness/engine/index.ts';
import { generateResponses } from '../../harness/generate/index.ts';
import { fixedContext, type ModelConfig, type Parameters } from '../../harness/model/index.ts';
import { scoreResponses, type SessionSource } from '../../harness/score/index.ts';
import { formulaParameters, modelOfConfig } from './formula-models.ts';
import { parityNumbers } from './parity-program.ts';

export interface ReachCase {
  readonly config: object;
  readonly trained: {
    readonly pairs: readonly (readonly [number[], number[], number[]])[];
    readonly loss: number;
    readonly rewards: readonly number[];
    readonly lastLogits: readonly number[];
    /** Norm and a projection. */
    readonly gradients: Readonly<Record<string, readonly [number, number]>>;
  };
  readonly scored: readonly { readonly prompt: number[]; responses: number[][]; rewards: number[] }[];
  readonly generated: readonly { readonly prompt: number[]; readonly tokens: number[] }[];
}

export interface Reach {
  readonly lmWeight: number;
  readonly newTokens: number;
  readonly cases: Readonly<Record<string, ReachCase>>;
}

/** The model of a config.json of `transformers`. */
export function modelOf({ config }: Pick<ReachCase, 'config'>): ModelConfig {
  return modelOfConfig(config);
}

/** By the formula of the script: Gemma's norms add the 1 themselves. */
export function startParameters(model: ModelConfig): Parameters {
  const addsOne = model.family.startsWith('gemma');
  return formulaParameters(model, { width: 0.8, offsetOf: (isVector) => (isVector && !addsOne ? 1 : 0) });
}

/** Largest errors of one training step: values, and gradients relative to 1 + their norm. */
export interface TrainedErrors {
  readonly values: number;
  readonly gradients: number;
}

export async function trainedErrors(
  executor: Executor,
  { trained, ...found }: ReachCase,
  lmWeight: number,
): Promise<TrainedErrors> {
  const model = withinFixed(modelOf(found));
  const pairs = trained.pairs.map(([prompt, chosen, rejected]) => ({ prompt, chosen, rejected }));
  const inputs = { parameters: startParameters(model), pairs, pairwiseWeight: 1, lmWeight };
  const { loss, rewards, lastLogits, gradients } = await parityNumbers(model, inputs, executor);
  const named = Object.entries(trained.gradients);
  return {
    values: Math.max(
      largest([loss], [trained.loss]),
      largest(rewards, trained.rewards),
      largest(lastLogits, trained.lastLogits),
    ),
    gradients: Math.max(...named.map(([name, expected]) => gradientError(gradients[name]!, expected))),
  };
}

/** Rows of a pair share their prompt: only within the context whose frequencies do not depend on the row. */
function withinFixed(model: ModelConfig): ModelConfig {
  return { ...model, contextLength: Math.min(model.contextLength, fixedContext(model)) };
}

export async function scoredError(sessions: SessionSource, { scored, ...found }: ReachCase): Promise<number> {
  const model = modelOf(found);
  const questions = scored.map(({ prompt, responses }) => ({
    prompt: Int32Array.from(prompt),
    responses: responses.map((response) => Int32Array.from(response)),
  }));
  const rewards = await scoreResponses({ model, parameters: startParameters(model), sessions }, questions);
  return Math.max(...scored.map((question, index) => largest(rewards[index]!, question.rewards)));
}

/** The tokens taken greedily, a text a prompt, ours and those of `transformers`. */
export async function generatedTokens(
  { generated, ...found }: ReachCase,
  maxTokens: number,
): Promise<{ readonly ours: readonly string[]; readonly theirs: readonly string[] }> {
  const model = modelOf(found);
  const responses = await generateResponses(
    { model, parameters: startParameters(model), executor: onnxruntimeCpu(), threads: 1 },
    generated.map(({ prompt }, index) => ({ key: String(index), tokens: Int32Array.from(prompt) })),
    { temperature: 0, topP: 1, maxTokens, seed: 1, endToken: -1 },
  );
  return {
    ours: responses.map(({ tokens }) => [...tokens].join(' ')),
    theirs: generated.map(({ tokens }) => tokens.join(' ')),
  };
}

/** Of a gradient summed up as the script does. */
function gradientError(slope: readonly number[], [norm, projection]: readonly [number, number]): number {
  const found = slope.reduce((sum, x, i) => sum + x * Math.cos(i), 0);
  return Math.max(Math.abs(Math.hypot(...slope) - norm), Math.abs(found - projection)) / (1 + norm);
}

/** Relative to the largest expected value where that is more than 1. */
function largest(found: ArrayLike<number>, expected: readonly number[]): number {
  if (found.length !== expected.length) return NaN;
  const scale = Math.max(1, ...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs((found[index] ?? NaN) - value))) / scale;
}
