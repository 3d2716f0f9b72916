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

export async function openWays(options: WayOptions, questions: readonly ScoredQuestion[]): Promise<OpenWays> {
  let tokens = 0;
  const ways = [
    sessionWay('shared', options, questions, (count) => void (tokens += count)),
    sessionWay('bucketed', options, withoutPrompts(questions)),
    await paddedWay(options, questions),
  ];
  return {
    ways,
    tokensOfShared: () => tokens,
    release: async () => {
      for (const way of ways) await way.release();
    },
  };
}

interface OpenWay extends ScoreWay {
  release(): Promise<void>;
}

/** @param onBatch Gets the tokens of every batch. */
function sessionWay(
  name: ScoreWay['name'],
  options: WayOptions,
  questions: readonly ScoredQuestion[],
  onBatch: (tokens: number) => void = () => undefined,
): OpenWay {
  const sessions = new OneSession(options.executor, { threads: options.threads });
  const reward = { ...rewardOf(options), sessions };
  return {
    name,
    score: () => scoreResponses(reward, questions, { onBatch }),
    release: () => sessions.release(),
  };
}

async function paddedWay(options: WayOptions, questions: readonly ScoredQuestion[]): Promise<OpenWay> {
  const scorer = await PaddedScorer.open(rewardOf(options), options.executor, options.threads);
  return { name: 'padded', score: () => scorer.score(questions), release: () => scorer.release() };
}

function rewardOf({ model, parameters }: WayOptions): Pick<WayOptions, 'model' | 'parameters'> {
  return { model: { ...model, rewardPooling: 'last' }, parameters };
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
