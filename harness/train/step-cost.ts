/**
 * What one training step costs: FLOPs, bytes moved, and peak memory, counted from the programs that will run, by taking
 * the step with an executor that computes nothing. Only this room knows how a step is built; planning gets the numbers.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import { costOf, peakMemoryOf, type Cost, type PeakMemory, type Program, type Sizes } from '../graph/index.ts';
import { DryExecutor, type DryRun } from './dry-executor.ts';
import { rowLengths } from './micro-batches.ts';
import { runStep } from './run-step.ts';
import { SessionCache } from './session-cache.ts';
import { openSessions, type StepOptions } from './step-sessions.ts';

/** Pairs of a step, all equally long: what is known of a batch before data is read. */
export interface BatchShape {
  readonly pairs: number;
  readonly promptTokens: number;
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
}

export interface StepCost extends Cost {
  /** Each has a fixed cost in the engine, however few values it works on. */
  readonly operations: number;
  readonly memory: PeakMemory;
}

/**
 * Tokens of a row up to which the step is taken as it is; beyond, its sizes are extrapolated from shorter rows, since
 * masks grow with the square.
 */
const longestRow = 320;

export async function stepCost(options: StepOptions, shape: BatchShape): Promise<StepCost> {
  const executor = new DryExecutor();
  const sessions = await openSessions(options, new SessionCache(executor, { threads: 1 }), [
    rowLengths(equalPairs(shape, 1), options.parts),
  ]);
  const take = async (scale: number): Promise<readonly DryRun[]> => {
    await runStep(options, sessions, { pairs: equalPairs(shape, scale), learningRate: 1e-3, step: 0 });
    return executor.takeRuns();
  };
  return costOfRuns(await runsOf(shape, take), executor.programs);
}

/** @param take Takes the step with pairs of `scale` times their length. */
async function runsOf(
  { promptTokens, chosenTokens, rejectedTokens }: BatchShape,
  take: (scale: number) => Promise<readonly DryRun[]>,
): Promise<readonly DryRun[]> {
  const row = promptTokens + chosenTokens + rejectedTokens;
  if (row <= longestRow) return await take(1);
  const short = await take(longestRow / 2 / row);
  return extrapolated(short, await take(longestRow / row), row);
}

/** Cost of runs that share the states of all `programs`. */
export function costOfRuns(runs: readonly DryRun[], programs: readonly Program[]): StepCost {
  const costs = runs.map(({ program, sizes }) => costOf(program, sizes));
  const sum = (pick: (cost: Cost) => number): number => costs.reduce((total, cost) => total + pick(cost), 0);
  const operations = runs.reduce((total, { program }) => total + program.tensors.length, 0);
  return {
    operations,
    flops: sum(({ flops }) => flops),
    matmulFlops: sum(({ matmulFlops }) => matmulFlops),
    bytes: sum(({ bytes }) => bytes),
    memory: memoryOfRuns(runs, programs),
  };
}

/** Runs follow one another: the largest of them, and every state once by its name. */
function memoryOfRuns(runs: readonly DryRun[], programs: readonly Program[]): PeakMemory {
  const stateBytes = peakMemoryOf({ ...emptyProgram, state: mergedStates(programs) }, {}).stateBytes;
  const most = runs
    .map(({ program, sizes }) => peakMemoryOf(program, sizes))
    .reduce((a, b) => (a.totalBytes - a.stateBytes >= b.totalBytes - b.stateBytes ? a : b));
  return { ...most, stateBytes, totalBytes: most.totalBytes - most.stateBytes + stateBytes };
}

const emptyProgram: Program = { inputs: [], outputs: {}, state: [], tensors: [], symbols: [] };

/** A state that any program changes is a changing one. */
function mergedStates(programs: readonly Program[]): Program['state'] {
  const states = new Map<string, Program['state'][number]>();
  for (const entry of programs.flatMap(({ state }) => state)) {
    const known = states.get(entry.name);
    if (known === undefined || known.next === known.input) states.set(entry.name, entry);
  }
  return [...states.values()];
}

/** Every size is linear in the length of the pairs, or constant: those of a long step follow from two short ones. */
function extrapolated(short: readonly DryRun[], long: readonly DryRun[], row: number): readonly DryRun[] {
  const [from, to] = [longestRow / 2, longestRow];
  const grown = (a: number, b: number): number => a + ((b - a) * (row - from)) / (to - from);
  return long.map(({ program, sizes }, index): DryRun => {
    const before: Sizes = short[index]?.sizes ?? sizes;
    return {
      program,
      sizes: Object.fromEntries(
        Object.entries(sizes).map(([symbol, size]) => [symbol, Math.round(grown(before[symbol] ?? size, size))]),
      ),
    };
  });
}

function equalPairs(
  { pairs, promptTokens, chosenTokens, rejectedTokens }: BatchShape,
  scale: number,
): readonly EncodedPair[] {
  const tokens = (length: number, first: number): Int32Array =>
    new Int32Array(Math.max(1, Math.round(length * scale))).fill(first);
  return Array.from({ length: pairs }, (_, index) => ({
    id: String(index),
    prompt: tokens(promptTokens, index),
    chosen: tokens(chosenTokens, 1),
    rejected: tokens(rejectedTokens, 2),
  }));
}
