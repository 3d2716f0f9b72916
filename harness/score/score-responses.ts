/**
 * Rewards of responses, forward only. On the CPU a reward has the same bits in every batch: batches.ts says which
 * responses share one, program.ts how each is computed as if it were alone. Pooling happens here, in float64.
 */
import type { Session } from '../engine/index.ts';
import type { Program } from '../graph/index.ts';
import { architectureKey, maskOf, ropeLengthOf, windowOf, type Parameters, type ModelConfig } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { scoreArrays, type ScoreArrays } from './arrays.ts';
import type { ScoredSpan } from './attention-rows.ts';
import { scoreBatches, type PromptGroup, type ScoredQuestion } from './batches.ts';
import { leastSizes, scoredParameters, scoreFeeds, scoreProgram } from './program.ts';

/**
 * Where compiled programs come from; the training room's session cache is one. `threads` are those its sessions run
 * with.
 */
export interface SessionSource {
  readonly threads: number;
  acquire(key: string, build: () => Program): Promise<{ readonly session: Session; done(): void }>;
}

export interface RewardModel {
  readonly model: ModelConfig;
  /** Null: the sessions hold them already. */
  readonly parameters: Parameters | null;
  readonly sessions: SessionSource;
}

export interface ScoreOptions {
  /**
   * Execution only: rewards do not depend on it. Larger batches are faster up to some thousand tokens, and need more
   * memory.
   */
  readonly tokensPerBatch?: number;
  /** Called after every batch with the tokens it computed. */
  readonly onBatch?: (tokens: number) => void;
}

/**
 * CPU time of five workloads (5 M parameters, two threads) relative to four responses a row, batches of 1,000 / 2,000 /
 * 4,000 / 16,000 tokens: many candidates 0.83 / 0.75 / 0.75 / 0.79, long prompts 0.70 / 0.54 / 0.57 / 0.57, long
 * answers 0.66 / 0.69 / 0.72 / 0.70, pairs 1.02 / 0.98 / 1.08 / 1.11.
 */
export const defaultTokensPerBatch = 2000;

/**
 * Rewards of every question's responses, in input order. Throws RangeError where a response is empty, or prompt +
 * response exceeds the context length.
 */
export async function scoreResponses(
  reward: RewardModel,
  questions: readonly ScoredQuestion[],
  options: ScoreOptions = {},
): Promise<readonly Float32Array[]> {
  checkLengths(questions, reward.model.contextLength);
  const rewards = questions.map(({ responses }) => new Float32Array(responses.length));
  const batches = scoreBatches(questions, options.tokensPerBatch ?? defaultTokensPerBatch, (length) =>
    ropeLengthOf(reward.model, length),
  );
  for await (const scored of scoredBatches(reward, batches)) {
    placeRewards(rewards, scored, reward.model.rewardPooling);
    options.onBatch?.(scored.arrays.tokens);
  }
  return rewards;
}

interface ScoredBatch {
  readonly scores: Float32Array;
  readonly arrays: ScoreArrays;
}

async function* scoredBatches(
  { model, parameters, sessions }: RewardModel,
  batches: readonly (readonly PromptGroup[])[],
): AsyncGenerator<ScoredBatch> {
  const options = {
    least: leastSizes(model, sessions.threads),
    window: windowOf(model),
    lastMask: maskOf(model, model.layers - 1),
  };
  const key = `score ${model.rewardPooling} ${architectureKey(model)}`;
  const lease = await sessions.acquire(key, () => scoreProgram(model));
  try {
    if (parameters !== null) lease.session.setState(stateOf(model, parameters));
    for (const batch of batches) yield await scoredBatch(lease.session, model, scoreArrays(batch, options));
  } finally {
    lease.done();
  }
}

async function scoredBatch(session: Session, model: ModelConfig, arrays: ScoreArrays): Promise<ScoredBatch> {
  const { scores } = await session.run(scoreFeeds(model, arrays));
  if (!scores) throw new Error('the score program has no output "scores"');
  return { scores, arrays };
}

function stateOf(model: ModelConfig, parameters: Parameters): Parameters {
  return Object.fromEntries(scoredParameters(model).map((name) => [name, parameterOf(parameters, name)]));
}

function placeRewards(
  rewards: readonly Float32Array[],
  { scores, arrays }: ScoredBatch,
  pooling: ModelSpec['rewardPooling'],
): void {
  for (const span of arrays.spans) {
    const value = pooledReward(scores, span, arrays, pooling);
    for (const { question, response } of span.response.places) rewards[question]?.fill(value, response, response + 1);
  }
}

function parameterOf(parameters: Parameters, name: string): Float32Array {
  const values = parameters[name];
  if (values === undefined) throw new RangeError(`parameter ${name} is missing`);
  return values;
}

function checkLengths(questions: readonly ScoredQuestion[], contextLength: number): void {
  for (const [question, { prompt, responses }] of questions.entries()) {
    for (const [index, response] of responses.entries()) {
      const length = prompt.length + response.length;
      if (response.length === 0) throw new RangeError(`question ${question}: response ${index} is empty`);
      if (length > contextLength)
        throw new RangeError(
          `question ${question}: prompt + response ${index} is ${length} tokens, ` +
            `over the context length ${contextLength}`,
        );
    }
  }
}

/** `last`: the score of the row that holds the last token. `mean`: over the scores of all tokens of the response. */
function pooledReward(
  scores: Float32Array,
  { row, start, length }: ScoredSpan,
  { readsPerRow }: ScoreArrays,
  pooling: ModelSpec['rewardPooling'],
): number {
  if (pooling === 'last') return scores[row * readsPerRow] ?? NaN;
  return scores.subarray(start, start + length).reduce((sum, score) => sum + score, 0) / length;
}
