/**
 * Scoring against `transformers`: the same weights, the same tokens, round by round in turn, a fresh process for both
 * sides each time.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatorEnvironment, type Device } from '../engine/index.ts';
import { saveModelFolder, type SavedModel } from '../model/index.ts';
import { median } from '../stats/index.ts';
import { inTurns, ratioSummary, type RatioSummary } from './in-turns.ts';
import { runPeer } from './python-peer.ts';
import { questionsText, scoreRound, type ScoreRound, type ScoreRoundRequest } from './score-round.ts';
import { drawQuestions, type ScoreWorkload } from './score-workload.ts';

/** `padded`: every candidate with its own copy of the prompt. `cached`: from copies of the prompt's keys and values. */
export const peerWays = ['padded', 'cached'] as const;
/** What computes the peer's linear layers: what `torch` takes by itself, or oneDNN with rearranged weights. */
export const peerProducts = ['torch', 'onednn'] as const;

export interface PeerSetup {
  /** With torch and transformers. */
  readonly python: string;
  readonly way: (typeof peerWays)[number];
  readonly products: (typeof peerProducts)[number];
}

export interface ScorePeerOptions extends SavedModel {
  /** Of the model; null = it is written for both sides. */
  readonly folder: string | null;
  readonly peer: PeerSetup;
  readonly workload: ScoreWorkload;
  readonly device: Device | 'auto';
  readonly threads: number;
  readonly rounds: number;
}

export interface ScoreSpeed {
  /** Median over the rounds. */
  readonly candidatesPerSecond: number;
  /** Slowest and fastest round. */
  readonly range: readonly [number, number];
  /** Of all threads; median over the rounds. */
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

export interface ScoreComparison {
  readonly engine: string;
  /** The fastest of a short search: sequences at a time, and threads. */
  readonly batch: number;
  readonly threads: number;
  readonly ours: ScoreSpeed;
  readonly theirs: ScoreSpeed;
  /** Ours to theirs, in candidates a second. */
  readonly speed: RatioSummary;
  /** Theirs to ours, in CPU time. */
  readonly cpu: RatioSummary;
  /** Largest difference of a reward, all rounds. */
  readonly rewardDifference: number;
}

interface PeerRound extends ScoreRound {
  readonly engine: string;
}

/** Throws UserError (exit 4) where the peer does not run. */
export async function compareScoreWithPeer(options: ScorePeerOptions): Promise<ScoreComparison> {
  const scratch = mkdtempSync(join(tmpdir(), 'harness-score-'));
  try {
    const { model, parameters, threads, device } = options;
    const folder = options.folder ?? join(scratch, 'model');
    if (options.folder === null) await saveModelFolder(folder, { model, parameters });
    const questions = join(scratch, 'questions.json');
    writeFileSync(questions, questionsText(drawQuestions(options.workload, model)));
    return await compared(options, { folder, questions, threads, device });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function compared({ peer, rounds }: ScorePeerOptions, request: ScoreRoundRequest): Promise<ScoreComparison> {
  const chosen = (await theirsOf(peer, request, ['--search'])) as { readonly batch: number; readonly threads: number };
  const theirs = (): Promise<unknown> =>
    theirsOf(peer, { ...request, threads: chosen.threads }, ['--batch', String(chosen.batch)]);
  const measured = await inTurns(
    rounds,
    () => scoreRound(request),
    async () => (await theirs()) as PeerRound,
  );
  return {
    engine: measured[0]?.theirs.engine ?? '',
    ...chosen,
    ours: speedOf(measured.map((round) => round.ours)),
    theirs: speedOf(measured.map((round) => round.theirs)),
    speed: ratioSummary(measured.map((round) => round.theirs.seconds / round.ours.seconds)),
    cpu: ratioSummary(measured.map((round) => round.theirs.cpuSeconds / round.ours.cpuSeconds)),
    rewardDifference: Math.max(...measured.map((round) => largestDifference(round.ours.rewards, round.theirs.rewards))),
  };
}

function speedOf(rounds: readonly ScoreRound[]): ScoreSpeed {
  const speeds = rounds.map(({ rewards, seconds }) => rewards.length / seconds);
  return {
    candidatesPerSecond: median(speeds),
    range: [Math.min(...speeds), Math.max(...speeds)],
    cpuSeconds: median(rounds.map(({ cpuSeconds }) => cpuSeconds)),
    peakMemoryBytes: Math.max(...rounds.map(({ peakMemoryBytes }) => peakMemoryBytes)),
  };
}

/** NaN where one side lacks a reward. */
function largestDifference(some: readonly number[], others: readonly number[]): number {
  const length = Math.max(some.length, others.length);
  const differences = Array.from({ length }, (_, index) => Math.abs((some[index] ?? NaN) - (others[index] ?? NaN)));
  return differences.reduce((most, difference) => Math.max(most, difference), 0);
}

/** What score.py prints, with the allocator that ours has. */
function theirsOf(
  { python, way, products }: PeerSetup,
  { folder, questions, threads }: ScoreRoundRequest,
  rest: readonly string[],
): Promise<unknown> {
  const flags = ['--model', folder, '--threads', String(threads), '--way', way, '--products', products, ...rest];
  const peer = { python, script: 'peer-pytorch/score.py', flags, needs: 'Python 3 with torch and transformers' };
  return runPeer(peer, { inputFile: questions, env: allocatorEnvironment });
}
