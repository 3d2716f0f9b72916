/**
 * The training step against PyTorch's: the same pairs, the same initial weights, round by round in turn, a fresh
 * process for both sides each time.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatorEnvironment } from '../engine/index.ts';
import { initParameters, saveModelFolder } from '../model/index.ts';
import { inTurns, machineName, ratioSummary, type RatioSummary } from './in-turns.ts';
import { measureTrainStep } from './measure-train-step.ts';
import { runPeer } from './python-peer.ts';
import type { TrainStepBench } from './train-step.ts';
import type { TrainStepRequest } from './train-step-process.ts';
import { yardstick } from './yardstick.ts';

export interface PeerOptions extends TrainStepRequest {
  readonly rounds: number;
  readonly python: string;
  /** Folder put on the library path of the peer: a faster BLAS than its default one. */
  readonly libraryPath: string | null;
}

export interface PeerResult extends Omit<TrainStepBench, 'stepMs'> {
  readonly engine: string;
}

/** The ratios are of pairs a second, ours to theirs. */
export interface PeerComparison extends RatioSummary {
  readonly machine: string;
  readonly peer: string;
  readonly rounds: readonly { readonly ours: TrainStepBench; readonly theirs: PeerResult; readonly ratio: number }[];
  /** Largest difference of a pairwise or LM loss over the compared first steps, all rounds. */
  readonly lossDifference: number;
}

/**
 * Where Debian keeps OpenBLAS built for OpenMP, on which PyTorch was 1.6-2 times as fast as on its default library
 * there.
 */
const openMpBlas = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

/** Throws UserError (exit 4) where the peer does not run or reports nothing. */
export async function compareWithPeer(options: PeerOptions): Promise<PeerComparison> {
  const weights = mkdtempSync(join(tmpdir(), 'harness-peer-'));
  try {
    const model = yardstick(options.size);
    await saveModelFolder(weights, { model, parameters: initParameters(model, 0) });
    const measured = await inTurns(
      options.rounds,
      () => measureTrainStep(options),
      () => theirStep(options, weights),
    );
    return summary(
      measured.map(({ ours, theirs }) => ({ ours, theirs, ratio: ours.pairsPerSecond / theirs.pairsPerSecond })),
    );
  } finally {
    rmSync(weights, { recursive: true, force: true });
  }
}

function summary(rounds: PeerComparison['rounds']): PeerComparison {
  return {
    machine: machineName(),
    peer: rounds[0]?.theirs.engine ?? '',
    rounds,
    ...ratioSummary(rounds.map(({ ratio }) => ratio)),
    lossDifference: Math.max(...rounds.flatMap(({ ours, theirs }) => lossDifferences(ours.losses, theirs.losses))),
  };
}

function lossDifferences(ours: TrainStepBench['losses'], theirs: TrainStepBench['losses']): number[] {
  return theirs.flatMap(([pairwise, lm], step) => [
    Math.abs(pairwise - (ours[step]?.[0] ?? Number.NaN)),
    Math.abs(lm - (ours[step]?.[1] ?? Number.NaN)),
  ]);
}

async function theirStep(options: PeerOptions, weights: string): Promise<PeerResult> {
  const peer = {
    python: options.python,
    script: 'peer-pytorch/peer.py',
    flags: peerFlags(options, weights),
    needs: 'Python 3 with torch and numpy (Debian: python3-torch)',
  };
  return (await runPeer(peer, { env: peerEnvironment(options) })) as PeerResult;
}

function peerEnvironment(options: PeerOptions): Readonly<Record<string, string>> {
  const libraryPath = options.libraryPath ?? (existsSync(openMpBlas) ? openMpBlas : null);
  return { ...allocatorEnvironment, ...(libraryPath !== null && { LD_LIBRARY_PATH: libraryPath }) };
}

function peerFlags({ pairs, pairsPerStep, steps, threads, device }: PeerOptions, weights: string): readonly string[] {
  const values = {
    '--weights': weights,
    '--pairs': pairs,
    '--threads': String(threads),
    '--steps': String(steps),
    '--pairs-per-step': String(pairsPerStep),
    '--device': device === 'webgpu' || device === 'cuda' ? 'cuda' : 'cpu',
  };
  return [...Object.entries(values).flat(), '--profile'];
}
