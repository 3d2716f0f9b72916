/**
 * Speed of scoring on a fixed workload: questions with many candidate answers, as best-of-N asks for them. Beside it,
 * in turns on the same engine, the ways it improves on: each candidate with its own copy of the prompt, first in padded
 * batches as they come (what a script around a sequence classifier does), then without padding and sorted by length. So
 * the ratios show the gain of bucketing and of sharing.
 */
import type { Executor } from '../engine/index.ts';
import { OneSession, scoreResponses, type ScoredQuestion } from '../score/index.ts';
import type { Parameters, ModelConfig } from '../model/index.ts';
import { randomStream } from '../random/index.ts';
import { median } from '../stats/index.ts';
import { PaddedScorer } from './score-padded.ts';

export interface ScoreWorkload {
  readonly questions: number;
  readonly candidates: number;
  /** Shortest and longest, drawn evenly. */
  readonly promptTokens: readonly [number, number];
  readonly candidateTokens: readonly [number, number];
}

export const scoreWorkload: ScoreWorkload = {
  questions: 64,
  candidates: 16,
  promptTokens: [40, 120],
  candidateTokens: [30, 150],
};

export interface ScoreBenchOptions {
  readonly model: ModelConfig;
  readonly parameters: Parameters;
  readonly executor: Executor;
  readonly threads: number;
  readonly rounds: number;
  readonly workload: ScoreWorkload;
}

export interface ScoreVariant {
  readonly name: 'padded' | 'bucketed' | 'shared';
  readonly candidatesPerSecond: number;
  /** Slowest and fastest round. */
  readonly range: readonly [number, number];
  /** Median over rounds of its speed by that of `padded` in the same round. */
  readonly gain: number;
  readonly gainRange: readonly [number, number];
  /** Largest difference of a reward from that of `shared`. */
  readonly rewardDifference: number;
}

export interface ScoreBench {
  /** Of `shared`, which is what `harness score` does. */
  readonly candidatesPerSecond: number;
  /** Tokens computed: a prompt counts once for all its candidates. */
  readonly tokensPerSecond: number;
  /** Highest resident size after scoring as `harness score` does, weights included, before the other ways are tried. */
  readonly peakMemoryBytes: number;
  readonly candidates: number;
  readonly tokens: number;
  readonly variants: readonly ScoreVariant[];
}

/** One round of each for warming up, then `rounds` rounds in turns. */
export async function benchScore(options: ScoreBenchOptions): Promise<ScoreBench> {
  const { model, parameters, executor, threads, rounds, workload } = options;
  const questions = drawQuestions(workload, model);
  const reward = { model: { ...model, rewardPooling: 'last' as const }, parameters };
  const [shared, bucketed] = [new OneSession(executor, { threads }), new OneSession(executor, { threads })];
  const padded = await PaddedScorer.open(reward, executor, threads);
  let tokens = 0;
  // With everything in the response there is no prompt to share.
  const apart = questions.map(({ prompt, responses }) => ({
    prompt: new Int32Array(0),
    responses: responses.map((response) => joined(prompt, response)),
  }));
  const ways = [
    {
      name: 'shared',
      score: () =>
        scoreResponses({ ...reward, sessions: shared }, questions, {
          onBatch: (count) => {
            tokens += count;
          },
        }),
    },
    { name: 'bucketed', score: () => scoreResponses({ ...reward, sessions: bucketed }, apart) },
    { name: 'padded', score: () => padded.score(questions) },
  ] as const;
  try {
    const rewards: (readonly Float32Array[])[] = [];
    let peakMemoryBytes = 0;
    for (const { name, score } of ways) {
      rewards.push(await score());
      if (name === 'shared') peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    }
    const perRound = tokens;
    const seconds = await timed(
      ways.map(({ score }) => score),
      rounds,
    );
    const candidates = questions.reduce((sum, { responses }) => sum + responses.length, 0);
    const variants = ways
      .map(({ name }, way) =>
        variantOf(name, {
          seconds,
          way,
          candidates,
          rewardDifference: largestDifference(rewards[way] ?? [], rewards[0] ?? []),
        }),
      )
      .toReversed();
    const candidatesPerSecond = variants.at(-1)?.candidatesPerSecond ?? Number.NaN;
    return {
      candidatesPerSecond,
      tokensPerSecond: (candidatesPerSecond * perRound) / candidates,
      peakMemoryBytes,
      candidates,
      tokens: perRound,
      variants,
    };
  } finally {
    for (const owner of [shared, bucketed, padded]) await owner.release();
  }
}

/** Equal for equal arguments. Throws nothing: lengths that do not fit the context are shortened to it. */
export function drawQuestions(
  { questions, candidates, promptTokens, candidateTokens }: ScoreWorkload,
  { vocabSize, contextLength }: Pick<ModelConfig, 'vocabSize' | 'contextLength'>,
): readonly ScoredQuestion[] {
  const stream = randomStream(7, 'score workload');
  const draw = ([least, most]: readonly [number, number], limit: number): Int32Array =>
    Int32Array.from({ length: Math.min(limit, least + stream.integer(most - least + 1)) }, () =>
      stream.integer(vocabSize),
    );
  const half = Math.floor(contextLength / 2);
  return Array.from({ length: questions }, () => ({
    prompt: draw(promptTokens, half),
    responses: Array.from({ length: candidates }, () => draw(candidateTokens, half)),
  }));
}

/** Seconds by round and way; the ways take turns, also at being first. */
async function timed(
  ways: readonly (() => Promise<unknown>)[],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const seconds: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const row = ways.map(() => Number.NaN);
    for (let turn = 0; turn < ways.length; turn++) {
      const way = (turn + round) % ways.length;
      const start = performance.now();
      await ways[way]?.();
      row[way] = (performance.now() - start) / 1000;
    }
    seconds.push(row);
  }
  return seconds;
}

function variantOf(
  name: ScoreVariant['name'],
  {
    seconds,
    way,
    candidates,
    rewardDifference,
  }: {
    readonly seconds: readonly (readonly number[])[];
    readonly way: number;
    readonly candidates: number;
    readonly rewardDifference: number;
  },
): ScoreVariant {
  const speeds = seconds.map((row) => candidates / (row[way] ?? Number.NaN));
  const gains = seconds.map((row) => (row.at(-1) ?? Number.NaN) / (row[way] ?? Number.NaN));
  const ends = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];
  return {
    name,
    candidatesPerSecond: median(speeds),
    range: ends(speeds),
    gain: median(gains),
    gainRange: ends(gains),
    rewardDifference,
  };
}

function joined(prompt: Int32Array, response: Int32Array): Int32Array {
  const all = new Int32Array(prompt.length + response.length);
  all.set(prompt);
  all.set(response, prompt.length);
  return all;
}

function largestDifference(some: readonly Float32Array[], others: readonly Float32Array[]): number {
  return Math.max(
    0,
    ...some.map((row, question) =>
      Math.max(...Array.from(row, (reward, index) => Math.abs(reward - (others[question]?.[index] ?? Number.NaN)))),
    ),
  );
}
