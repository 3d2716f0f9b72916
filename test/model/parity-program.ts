/** Loss, rewards, logits and gradients of a model on a few pairs, to be held against what others compute. */
import type { Executor } from '../../harness/engine/index.ts';
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
} from '../../harness/graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  lmLabels,
  logitsAt,
  marginPooling,
  masksOf,
  packerFor,
  parameterShapes,
  rewardPooling,
  tokenScores,
  type ModelConfig,
  type PackedRows,
  type Parameters,
} from '../../harness/model/index.ts';

export interface ParityInputs {
  readonly parameters: Parameters;
  readonly pairs: readonly { readonly prompt: number[]; readonly chosen: number[]; readonly rejected: number[] }[];
  readonly pairwiseWeight: number;
  readonly lmWeight: number;
}

export interface ParityNumbers {
  readonly loss: number;
  /** Chosen and rejected of each pair. */
  readonly rewards: readonly number[];
  /** At the chosen tokens of all pairs. */
  readonly logits: readonly number[];
  /** Behind the last chosen token of each pair. */
  readonly lastLogits: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

export async function parityNumbers(
  model: ModelConfig,
  { parameters, pairs, pairwiseWeight, lmWeight }: ParityInputs,
  executor: Executor,
): Promise<ParityNumbers> {
  const session = await executor.compile(parityProgram(model, pairwiseWeight, lmWeight), { threads: 1 });
  const feeds = { ...rowFeeds(model, packed(model, pairs)), ...parameterFeeds(model, parameters) };
  const found = await session.run(feeds);
  await session.release();
  const array = (name: string): number[] => Array.from(found[name] ?? []);
  return {
    loss: array('loss')[0] ?? Number.NaN,
    rewards: array('rewards'),
    logits: array('logits'),
    lastLogits: array('lastLogits'),
    gradients: Object.fromEntries([...parameterShapes(model).keys()].map((name) => [name, array(`d ${name}`)])),
  };
}

/** Loss, rewards, logits at the labels and at the ends, and the gradient of every parameter. */
function parityProgram(model: ModelConfig, pairwiseWeight: number, lmWeight: number): Program {
  const parameters = declareParameters(model);
  const hidden = hiddenStates(model, parameters, declareBatch());
  const scores = tokenScores(parameters, hidden);
  const logits = logitsAt(model, parameters, hidden, { rows: input('labelRows', ['L'], 'int32') });
  const margins = reshape(matmul(input('marginPooling', ['P', 'N']), scores), ['P']);
  const pairwise = mean(softplus(negate(margins)), [0]);
  const lm = mean(crossEntropyRows(logits, input('labelTargets', ['L'], 'int32')), [0]);
  const loss = add(multiply(pairwise, constant(pairwiseWeight)), multiply(lm, constant(lmWeight)));
  const slopes = gradients(loss, Object.values(parameters));
  const named = Object.fromEntries(
    Object.keys(parameters).map((name, index) => [`d ${name}`, slopes[index] as (typeof slopes)[number]]),
  );
  const rewards = matmul(input('rewardPooling', ['R', 'N']), scores);
  const lastLogits = logitsAt(model, parameters, hidden, { rows: input('ends', ['E'], 'int32') });
  return programOf({ outputs: { loss, logits, lastLogits, rewards, ...named }, state: [] });
}

function packed(model: ModelConfig, pairs: ParityInputs['pairs']): PackedRows {
  const rows = pairs.map(({ prompt, chosen, rejected }) => ({
    prompt: Int32Array.from(prompt),
    responses: [Int32Array.from(chosen), Int32Array.from(rejected)],
  }));
  return packerFor(model).pack(rows);
}

function rowFeeds(model: ModelConfig, rows: PackedRows) {
  const { labelRows, labelTargets } = lmLabels(rows);
  const chosen = rows.spans.filter((_, index) => index % 2 === 0);
  const ends = Int32Array.from(chosen, ({ start, length }) => start + length - 1);
  return {
    ...batchFeeds(rows, 0, masksOf(model)),
    ends: { data: ends, shape: [ends.length] },
    labelRows: { data: labelRows, shape: [labelRows.length] },
    labelTargets: { data: labelTargets, shape: [labelTargets.length] },
    marginPooling: { data: marginPooling(rows, model.rewardPooling), shape: [rows.rows, rows.tokens] },
    rewardPooling: { data: rewardPooling(rows, model.rewardPooling), shape: [rows.spans.length, rows.tokens] },
  };
}

function parameterFeeds(model: ModelConfig, parameters: Parameters) {
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape]) => [name, { data: parameters[name] as Float32Array, shape }]),
  );
}
