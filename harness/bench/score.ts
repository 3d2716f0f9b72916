/**
 * Speed of scoring on a fixed workload: questions with many candidate answers, as best-of-N asks for them. Beside it,
 * in turns on the same engine, the ways it improves on: each candidate with its own copy of the prompt, first in padded
 * batches as they come (what a script around a sequence classifier does), then without padding and sorted by length. So
 * the ratios show the gain of bucketing and of sharing.
 */
import type { Executor } from '../engine/index.ts';
import type { Parameters, ModelConfig } from '../model/index.ts';
import { median } from '../stats/index.ts';
import type { ScoredQuestion } from '../score/index.ts';
import { openWays, type OpenWays, type ScoreWay } from './score-ways.ts';
import { drawQuestions, type ScoreWorkload } from './score-workload.ts';

export interface ScoreBenchOptions {
  readonly model: ModelConfig;
  readonly parameters: Parameters;
  readonly executor: Executor;
  readonly threads: number;
  readonly rounds: number;
  readonly workload: ScoreWorkload;
}

export interface ScoreVariant {
  readonly name: ScoreWay['name'];
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
  const questions = drawQuestions(options.workload, options.model);
  const open = await openWays(options, questions);
  try {
    return await benchWays(open, options.rounds, candidatesOf(questions));
  } finally {
    await open.release();
  }
}

async function benchWays({ ways, tokensOfShared }: OpenWays, rounds: number, candidates: number): Promise<ScoreBench> {
  const { rewards, peakMemoryBytes } = await warmUp(ways);
  const tokens = tokensOfShared();
  const seconds = await timed(ways, rounds);
  const variants = ways.map((_, way) => variantOf(way, { ways, seconds, rewards, candidates }));
  const { candidatesPerSecond } = variants[0] as ScoreVariant;
  const tokensPerSecond = (candidatesPerSecond * tokens) / candidates;
  return { candidatesPerSecond, tokensPerSecond, peakMemoryBytes, candidates, tokens, variants: variants.toReversed() };
}

function candidatesOf(questions: readonly ScoredQuestion[]): number {
  return questions.reduce((sum, { responses }) => sum + responses.length, 0);
}

/** Rewards of every way, and the memory of the first. */
async function warmUp(
  ways: readonly ScoreWay[],
): Promise<{ readonly rewards: readonly (readonly Float32Array[])[]; readonly peakMemoryBytes: number }> {
  const rewards: (readonly Float32Array[])[] = [];
  let peakMemoryBytes = 0;
  for (const { score } of ways) {
    rewards.push(await score());
    if (rewards.length === 1) peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  }
  return { rewards, peakMemoryBytes };
}

/** Seconds by round and way; the ways take turns, also at being first. */
async function timed(ways: readonly ScoreWay[], rounds: number): Promise<readonly (readonly number[])[]> {
  const seconds: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const row = ways.map(() => Number.NaN);
    for (let turn = 0; turn < ways.length; turn++) {
      const way = (turn + round) % ways.length;
      const start = performance.now();
      await ways[way]?.score();
      row[way] = (performance.now() - start) / 1000;
    }
    seconds.push(row);
  }
  return seconds;
}

interface MeasuredWays {
  readonly ways: readonly ScoreWay[];
  /** By round and way; `padded`, to which the others are compared, is the last way. */
  readonly seconds: readonly (readonly number[])[];
  /** By way and question; those of `shared`, to which the others are compared, are the first. */
  readonly rewards: readonly (readonly Float32Array[])[];
  readonly candidates: number;
}

function variantOf(way: number, { ways, seconds, rewards, candidates }: MeasuredWays): ScoreVariant {
  const speeds = seconds.map((row) => candidates / (row[way] ?? Number.NaN));
  const gains = seconds.map((row) => (row.at(-1) ?? Number.NaN) / (row[way] ?? Number.NaN));
  return {
    name: (ways[way] as ScoreWay).name,
    candidatesPerSecond: median(speeds),
    range: rangeOf(speeds),
    gain: median(gains),
    gainRange: rangeOf(gains),
    rewardDifference: largestDifference(rewards[way] ?? [], rewards[0] ?? []),
  };
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function largestDifference(some: readonly Float32Array[], others: readonly Float32Array[]): number {
  return Math.max(
    0,
    ...some.map((row, question) =>
      Math.max(...Array.from(row, (reward, index) => Math.abs(reward - (others[question]?.[index] ?? Number.NaN)))),
    ),
  );
}
