/** The peer's step in a process of its own: which choices are the fastest, and the numbers of one round. */
import { existsSync } from 'node:fs';
import { allocatorEnvironment, type Device } from '../engine/index.ts';
import type { ProcessLimits } from './limited-child.ts';
import {
  callOf,
  isCut,
  isPlain,
  noChoice,
  torchNeeds,
  type PeerSetUp,
  type PlainSetUp,
  type SetUpChoice,
} from './peer-set-ups.ts';
import { runPeer } from './python-peer.ts';
import type { TrainStepBench } from './train-step.ts';

export interface PeerSteps {
  /** The interpreter. */
  readonly python: string;
  /** Folder put on the library path of the peer: a faster BLAS than its default one. */
  readonly libraryPath: string | null;
  /** Folder of the model that it starts from. */
  readonly weights: string;
  readonly pairs: string;
  readonly pairsPerStep: number;
  readonly steps: number;
  readonly threads: number;
  readonly device: Device | 'auto';
  readonly limits: ProcessLimits | null;
}

export interface PeerResult extends Omit<TrainStepBench, 'losses'> {
  readonly engine: string;
  /** Of the first steps: the pairwise and the LM loss; null where the set-up has no such term. */
  readonly losses: readonly (readonly [pairwise: number, lm: number | null])[];
  /** What the first steps took longer than the others; null where nothing is compiled. */
  readonly compileSeconds: number | null;
}

/** The name and version of torch. @throws UserError (4) where the interpreter has none. */
export async function torchOf(python: string): Promise<string> {
  const peer = { python, script: 'peer-pytorch/peer.py', flags: ['--versions'], needs: torchNeeds };
  return ((await runPeer(peer, {})) as { readonly engine: string }).engine;
}

/** One round. @throws UserError (4) where it fails or goes over a limit. */
export async function peerStep(steps: PeerSteps, setUp: PeerSetUp, choice: SetUpChoice): Promise<PeerResult> {
  // A trainer cannot be asked for one step more.
  return (await run(steps, setUp, choice, setUp === 'trl' ? [] : ['--profile'])) as PeerResult;
}

/**
 * The fastest choices of a set-up, found on the first batch. `compile` compiles the fastest of `beside`, the set-ups
 * that are measured beside it.
 *
 * @throws UserError (4) as `peerStep`.
 */
export async function fastestChoice(
  steps: PeerSteps,
  setUp: PeerSetUp,
  beside: readonly PeerSetUp[],
): Promise<SetUpChoice> {
  if (isCut(setUp)) return { base: null, rowsPerMicroBatch: (await probe(steps, setUp)).rowsPerMicroBatch };
  if (setUp !== 'compile') return noChoice;
  const plain = beside.filter(isPlain);
  const candidates: readonly PlainSetUp[] = plain.length === 0 ? ['sorted'] : plain;
  const probed: (SetUpChoice & { readonly seconds: number })[] = [];
  for (const base of candidates) {
    const { seconds, rowsPerMicroBatch } = await probe(steps, base);
    probed.push({ base, seconds, rowsPerMicroBatch: isCut(base) ? rowsPerMicroBatch : null });
  }
  const { base, rowsPerMicroBatch } = probed.reduce((a, b) => (a.seconds <= b.seconds ? a : b));
  return { base, rowsPerMicroBatch };
}

interface Probe {
  readonly rowsPerMicroBatch: number;
  readonly seconds: number;
}

async function probe(steps: PeerSteps, setUp: PlainSetUp): Promise<Probe> {
  return (await run(steps, setUp, noChoice, ['--search'])) as Probe;
}

async function run(steps: PeerSteps, setUp: PeerSetUp, choice: SetUpChoice, rest: readonly string[]): Promise<unknown> {
  const call = callOf(setUp, choice);
  const flags = [...call.flags, ...commonFlags(steps), ...rest];
  return await runPeer({ ...call, python: steps.python, flags }, { env: environmentOf(steps), limits: steps.limits });
}

function commonFlags({ weights, pairs, pairsPerStep, steps, threads, device }: PeerSteps): readonly string[] {
  const values = {
    '--weights': weights,
    '--pairs': pairs,
    '--threads': String(threads),
    '--steps': String(steps),
    '--pairs-per-step': String(pairsPerStep),
    '--device': device === 'webgpu' || device === 'cuda' ? 'cuda' : 'cpu',
  };
  return Object.entries(values).flat();
}

/**
 * Where Debian keeps OpenBLAS built for OpenMP, on which PyTorch was 1.6-2 times as fast as on its default library
 * there.
 */
const openMpBlas = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

function environmentOf({ libraryPath }: PeerSteps): Readonly<Record<string, string>> {
  const folder = libraryPath ?? (existsSync(openMpBlas) ? openMpBlas : null);
  return { ...allocatorEnvironment, ...(folder !== null && { LD_LIBRARY_PATH: folder }) };
}
