/**
 * The ways of scoring that are compared. `shared` is ours: each prompt once. `bucketed`: every candidate with its own
 * copy of the prompt, sorted by length. `padded`: the same in batches as they come.
 */
import type { Executor } from '../engine/index.ts';
import type { ModelConfig, Parameters } from '../model/index.ts';
import { OneSession, scoreResponses, type ScoredQuestion } from '../score/index.ts';
import { PaddedScorer } from './score-padded.ts';

export interface ScoreWay {
  readonly name: 'padded' | 'bucketed' | 'shared';
  score(): Promise<readonly Float32Array[]>;
}

export interface OpenWays {
  /** `shared` first. */
  readonly ways: readonly ScoreWay[];
  /** Tokens that `shared` has computed so far. */
  tokensOfShared(): number;
  release(): Promise<void>;
}

export interface WayOptions {
  readonly model: ModelConfig;
  readonly parameters: Parameters;
  readonly executor: Executor;
  readonly threads: number;
}

export async function openWays(
  { model, parameters, executor, threads }: WayOptions,
  questions: readonly ScoredQuestion[],
): Promise<OpenWays> {
  const reward = { model: { ...model, rewardPooling: 'last' as const }, parameters };
  const [shared, bucketed] = [new OneSession(executor, { threads }), new OneSession(executor, { threads })];
  const padded = await PaddedScorer.open(reward, executor, threads);
  const apart = withoutPrompts(questions);
  let tokens = 0;
  const onBatch = (count: number): void => void (tokens += count);
  return {
    ways: [
      { name: 'shared', score: () => scoreResponses({ ...reward, sessions: shared }, questions, { onBatch }) },
      { name: 'bucketed', score: () => scoreResponses({ ...reward, sessions: bucketed }, apart) },
      { name: 'padded', score: () => padded.score(questions) },
    ],
    tokensOfShared: () => tokens,
    release: async () => {
      for (const owner of [shared, bucketed, padded]) await owner.release();
    },
  };
}

/** The prompt moved into every response: there is nothing left to share. */
function withoutPrompts(questions: readonly ScoredQuestion[]): readonly ScoredQuestion[] {
  return questions.map(({ prompt, responses }) => ({
    prompt: new Int32Array(0),
    responses: responses.map((response) => joined(prompt, response)),
  }));
}

function joined(prompt: Int32Array, response: Int32Array): Int32Array {
  const all = new Int32Array(prompt.length + response.length);
  all.set(prompt);
  all.set(response, prompt.length);
  return all;
}
