/** How far the harness is from what fixtures/make_reach_fixtures.py says of a model, by executor. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onnxruntimeCpu, type Executor } from '../../harness/engine/index.ts';
import { generateResponses } from '../../harness/generate/index.ts';
import {
  add,
  constant,
  crossEntropyRows,
  gradients,
  input,
  matmul,
  mean,
  multiply,
  negate,
  programOf,
  reshape,
  softplus,
  type Program,
  type Tensor,
} from '../../harness/graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  fixedContext,
  hiddenStates,
  lmLabels,
  logitsAt,
  marginPooling,
  masksOf,
  packerFor,
  parameterShapes,
  readConfig,
  rewardPooling,
  tokenScores,
  type ModelConfig,
  type Parameters,
} from '../../harness/model/index.ts';
import { scoreResponses, type SessionSource } from '../../harness/score/index.ts';

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
  const folder = mkdtempSync(path.join(tmpdir(), 'reach-'));
  try {
    const file = path.join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(config));
    return readConfig(file).model;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By the formula of the script. */
export function startParameters(model: ModelConfig): Parameters {
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape]) => {
      const isNorm = shape.length === 1 && name.endsWith('.weight');
      const offset = isNorm && !model.family.startsWith('gemma') ? 1 : 0;
      let state = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0);
      const size = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from({ length: size }, () => {
        state = (Math.imul(1664525, state) + 1013904223) >>> 0;
        return 0.8 * (state / 2 ** 32 - 0.5) + offset;
      });
      return [name, values];
    }),
  );
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
  const values = await trainedValues(executor, model, { pairs: trained.pairs, lmWeight });
  const named = Object.entries(trained.gradients);
  return {
    values: Math.max(
      largest(values['loss']!, [trained.loss]),
      largest(values['rewards']!, trained.rewards),
      largest(values['logits']!, trained.lastLogits),
    ),
    gradients: Math.max(...named.map(([name, expected]) => gradientError(values[`d ${name}`]!, expected))),
  };
}

/** Rows of a pair share their prompt: only within the context whose frequencies do not depend on the row. */
function withinFixed(model: ModelConfig): ModelConfig {
  return { ...model, contextLength: Math.min(model.contextLength, fixedContext(model)) };
}

async function trainedValues(
  executor: Executor,
  model: ModelConfig,
  { pairs, lmWeight }: { readonly pairs: ReachCase['trained']['pairs']; readonly lmWeight: number },
): Promise<Readonly<Record<string, Float32Array>>> {
  const ids = (tokens: readonly number[]): Int32Array => Int32Array.from(tokens);
  const rows = packerFor(model).pack(
    pairs.map(([prompt, chosen, rejected]) => ({ prompt: ids(prompt), responses: [ids(chosen), ids(rejected)] })),
  );
  const { labelRows, labelTargets } = lmLabels(rows);
  const ends = Int32Array.from(
    rows.spans.filter((_, index) => index % 2 === 0),
    ({ start, length }) => start + length - 1,
  );
  const session = await executor.compile(trainedProgram(model, lmWeight), { threads: 1 });
  const shapes = parameterShapes(model);
  const parameters = Object.entries(startParameters(model)).map(([name, data]) => [
    name,
    { data, shape: shapes.get(name)! },
  ]);
  try {
    return await session.run({
      ...batchFeeds(rows, 0, masksOf(model)),
      ...Object.fromEntries(parameters),
      labelRows: { data: labelRows, shape: [labelRows.length] },
      labelTargets: { data: labelTargets, shape: [labelTargets.length] },
      ends: { data: ends, shape: [ends.length] },
      marginPooling: { data: marginPooling(rows, 'last'), shape: [rows.rows, rows.tokens] },
      rewardPooling: { data: rewardPooling(rows, 'last'), shape: [rows.spans.length, rows.tokens] },
    });
  } finally {
    await session.release();
  }
}

/** Loss, rewards, logits after each chosen response, and the gradient of every parameter. */
function trainedProgram(model: ModelConfig, lmWeight: number): Program {
  const parameters = declareParameters(model);
  const hidden = hiddenStates(model, parameters, declareBatch());
  const scores = tokenScores(parameters, hidden);
  const labelled = logitsAt(model, parameters, hidden, input('labelRows', ['L'], 'int32'));
  const margins = reshape(matmul(input('marginPooling', ['P', 'N']), scores), ['P']);
  const pairwise = mean(softplus(negate(margins)), [0]);
  const lm = mean(crossEntropyRows(labelled, input('labelTargets', ['L'], 'int32')), [0]);
  const loss = add(pairwise, multiply(lm, constant(lmWeight)));
  const slopes = gradients(loss, Object.values(parameters));
  const named = Object.keys(parameters).map((name, index) => [`d ${name}`, slopes[index] as Tensor]);
  return programOf({
    outputs: {
      loss,
      logits: logitsAt(model, parameters, hidden, input('ends', ['E'], 'int32')),
      rewards: matmul(input('rewardPooling', ['R', 'N']), scores),
      ...Object.fromEntries(named),
    },
    state: [],
  });
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
function gradientError(slope: Float32Array, [norm, projection]: readonly [number, number]): number {
  const found = slope.reduce((sum, x, i) => sum + x * Math.cos(i), 0);
  return Math.max(Math.abs(Math.hypot(...slope) - norm), Math.abs(found - projection)) / (1 + norm);
}

/** Relative to the largest expected value where that is more than 1. */
function largest(found: ArrayLike<number>, expected: readonly number[]): number {
  if (found.length !== expected.length) return NaN;
  const scale = Math.max(1, ...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs((found[index] ?? NaN) - value))) / scale;
}
