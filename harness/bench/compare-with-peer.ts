/**
 * The training step against PyTorch's, in one set-up of it or several: the same pairs, the same initial weights, round
 * by round in turn, a fresh process each time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initParameters, saveModelFolder } from '../model/index.ts';
import { UserError } from '../spec/user-error.ts';
import { median } from '../stats/index.ts';
import { machineName, ratioSummary, roundsInTurns, spread, type RatioSummary, type Spread } from './in-turns.ts';
import { largestDifference } from './largest-difference.ts';
import { measureTrainStep } from './measure-train-step.ts';
import { noteOf, type PeerSetUp, type SetUpChoice } from './peer-set-ups.ts';
import { fastestChoice, peerStep, torchOf, type PeerResult, type PeerSteps } from './peer-steps.ts';
import type { TrainStepBench } from './train-step.ts';
import type { TrainStepRequest } from './train-step-process.ts';
import { yardstick } from './yardstick.ts';

export interface PeerOptions extends TrainStepRequest, Pick<PeerSteps, 'python' | 'libraryPath'> {
  readonly setUps: readonly PeerSetUp[];
  readonly rounds: number;
}

export interface ProgramSpeed {
  readonly pairsPerSecond: Spread;
  /** Median over the rounds. Ours are packed tokens; theirs count a prompt with each of its responses. */
  readonly tokensPerSecond: number;
  /** Of the round that took the most. */
  readonly peakMemoryBytes: number;
}

/** The ratios are of pairs a second, ours to theirs, round by round. */
export interface MeasuredSetUp extends ProgramSpeed, RatioSummary {
  readonly state: 'measured';
  readonly setUp: PeerSetUp;
  readonly engine: string;
  readonly choice: SetUpChoice;
  readonly note: string;
  /** Largest difference of a pairwise or LM loss over the compared first steps, all rounds; null without an LM loss. */
  readonly lossDifference: number | null;
  readonly rounds: readonly PeerResult[];
}

export interface FailedSetUp {
  readonly state: 'failed';
  readonly setUp: PeerSetUp;
  readonly reason: string;
}

export interface PeerComparison {
  readonly machine: string;
  readonly ours: ProgramSpeed & { readonly rounds: readonly TrainStepBench[] };
  readonly setUps: readonly (MeasuredSetUp | FailedSetUp)[];
  /** The set-up that takes the most pairs a second of those that learn both losses, else of all. */
  readonly strongest: PeerSetUp;
}

/** Throws UserError (exit 4) where no set-up of the peer runs. */
export async function compareWithPeer(options: PeerOptions): Promise<PeerComparison> {
  await torchOf(options.python);
  const weights = mkdtempSync(join(tmpdir(), 'harness-peer-'));
  try {
    const model = yardstick(options.size);
    await saveModelFolder(weights, { model, parameters: initParameters(model, 0) });
    return await compared(options, { ...options, weights, limits: null });
  } finally {
    rmSync(weights, { recursive: true, force: true });
  }
}

async function compared(options: PeerOptions, steps: PeerSteps): Promise<PeerComparison> {
  const peers: RunningSetUp[] = [];
  for (const setUp of options.setUps) peers.push(await prepared(steps, setUp, options.setUps));
  if (peers.every(({ failure }) => failure !== null)) throw nothingRan(peers);
  const ours: TrainStepBench[] = [];
  await roundsInTurns(options.rounds, [
    async () => void ours.push(await measureTrainStep(options)),
    ...peers.map((peer) => () => takeRound(peer, steps)),
  ]);
  if (peers.every(({ failure }) => failure !== null)) throw nothingRan(peers);
  const setUps = peers.map((peer) => summaryOf(peer, ours));
  return { machine: machineName(), ours: { ...speedOf(ours), rounds: ours }, setUps, strongest: strongestOf(setUps) };
}

/** A set-up on its way through the rounds. What failed once is not tried again. */
interface RunningSetUp {
  readonly setUp: PeerSetUp;
  readonly choice: SetUpChoice | null;
  readonly rounds: PeerResult[];
  failure: UserError | null;
}

async function prepared(steps: PeerSteps, setUp: PeerSetUp, beside: readonly PeerSetUp[]): Promise<RunningSetUp> {
  try {
    return { setUp, choice: await fastestChoice(steps, setUp, beside), rounds: [], failure: null };
  } catch (error) {
    return { setUp, choice: null, rounds: [], failure: asFailure(error) };
  }
}

async function takeRound(peer: RunningSetUp, steps: PeerSteps): Promise<void> {
  if (peer.choice === null || peer.failure !== null) return;
  try {
    peer.rounds.push(await peerStep(steps, peer.setUp, peer.choice));
  } catch (error) {
    peer.failure = asFailure(error);
  }
}

/** What the peer fails with; anything else is a bug of ours. */
function asFailure(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

function nothingRan(peers: readonly RunningSetUp[]): UserError {
  return peers.flatMap(({ failure }) => failure ?? [])[0] as UserError;
}

function summaryOf(peer: RunningSetUp, ours: readonly TrainStepBench[]): MeasuredSetUp | FailedSetUp {
  const { setUp, choice, rounds, failure } = peer;
  if (choice === null || failure !== null) return { state: 'failed', setUp, reason: failure?.message ?? 'not run' };
  const ratios = rounds.map((theirs, round) => (ours[round]?.pairsPerSecond ?? Number.NaN) / theirs.pairsPerSecond);
  const compiled = rounds.flatMap(({ compileSeconds }) => compileSeconds ?? []);
  return {
    state: 'measured',
    setUp,
    engine: rounds[0]?.engine ?? '',
    choice,
    note: noteOf(setUp, choice, compiled.length === 0 ? null : median(compiled)),
    ...speedOf(rounds),
    ...ratioSummary(ratios),
    lossDifference: lossDifference(rounds, ours),
    rounds,
  };
}

function speedOf(rounds: readonly Omit<TrainStepBench, 'losses'>[]): ProgramSpeed {
  return {
    pairsPerSecond: spread(rounds.map(({ pairsPerSecond }) => pairsPerSecond)),
    tokensPerSecond: median(rounds.map(({ tokensPerSecond }) => tokensPerSecond)),
    peakMemoryBytes: Math.max(...rounds.map(({ peakMemoryBytes }) => peakMemoryBytes)),
  };
}

/** NaN where one side lacks a step of the other; null where the peer has no LM loss. */
export function lossDifference(
  theirs: readonly Pick<PeerResult, 'losses'>[],
  ours: readonly Pick<TrainStepBench, 'losses'>[],
): number | null {
  const [found, own] = [theirs, ours].map((rounds) => rounds.flatMap(({ losses }) => losses.flat()));
  return found?.includes(null) === true ? null : largestDifference(found as number[], own as number[]);
}

function strongestOf(setUps: PeerComparison['setUps']): PeerSetUp {
  const measured = setUps.flatMap((one) => (one.state === 'measured' ? [one] : []));
  const whole = measured.filter(({ lossDifference }) => lossDifference !== null);
  const strongest = (whole.length > 0 ? whole : measured).reduce((a, b) =>
    a.pairsPerSecond.median >= b.pairsPerSecond.median ? a : b,
  );
  return strongest.setUp;
}
