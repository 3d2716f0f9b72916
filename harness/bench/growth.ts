/**
 * Speed, memory and use of the machine as models and rows grow: ours and the peer's, in turns, a fresh process for
 * every point. A point that does not fit is kept with its reason.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initParameters, saveModelFolder } from '../model/index.ts';
import { UserError } from '../spec/user-error.ts';
import { growthShape, writeGrowthPairs } from './growth-pairs.ts';
import {
  isAt,
  readGrowth,
  writeGrowth,
  type GrowthPoint,
  type GrowthProgram,
  type GrowthRecord,
  type GrowthSettings,
} from './growth-points.ts';
import type { ProcessLimits } from './limited-child.ts';
import { measureTrainStep } from './measure-train-step.ts';
import type { PeerSetUp, SetUpChoice } from './peer-set-ups.ts';
import { fastestChoice, peerStep, type PeerSteps } from './peer-steps.ts';
import { productPeak } from './products.ts';
import { yardstick, type YardstickSize } from './yardstick.ts';

export interface GrowthOptions {
  readonly sizes: readonly YardstickSize[];
  readonly contexts: readonly number[];
  readonly setUps: readonly PeerSetUp[];
  readonly rounds: number;
  readonly python: string;
  /** Of each process. */
  readonly limits: ProcessLimits;
  readonly settings: GrowthSettings;
  /** The file that it goes on from and writes every point to; null = none. */
  readonly out: string | null;
}

/** @param onPoint Is told of every point once it is there. */
export async function measureGrowth(
  options: GrowthOptions,
  onPoint: (point: GrowthPoint) => void,
): Promise<GrowthRecord> {
  let record = readGrowth(options.out, options.settings);
  const keep = (more: Partial<GrowthRecord>): void => {
    record = { ...record, ...more };
    writeGrowth(options.out, record);
  };
  for (const cell of cellsOf(options)) {
    if (openPlaces(options, cell, record).length === 0) continue;
    // Before every cell: other work on the machine can only lower it, and the largest counts.
    keep({ peaks: [...record.peaks, await productPeak(options.python, options.settings.threads)] });
    await inCellFolder(options, cell, async (steps) => {
      for (const place of openPlaces(options, cell, record)) {
        if (isRefused(record, place)) continue;
        const point = await takePoint(options, { place, steps, known: choiceIn(record, place) });
        keep({ points: [...record.points, point] });
        onPoint(point);
      }
    });
  }
  return record;
}

interface GrowthCell {
  readonly size: YardstickSize;
  readonly context: number;
}

type Place = GrowthCell & { readonly program: GrowthProgram; readonly round: number };

/** The small ones first: what is known early is most of the picture. */
function cellsOf({ sizes, contexts }: GrowthOptions): readonly GrowthCell[] {
  return sizes.flatMap((size) => contexts.map((context) => ({ size, context })));
}

/** What is not in the record yet. Every other round goes through the programs backwards. */
function openPlaces({ rounds, setUps }: GrowthOptions, cell: GrowthCell, record: GrowthRecord): readonly Place[] {
  const programs: readonly GrowthProgram[] = ['harness', ...setUps];
  return Array.from({ length: rounds }, (_, round) =>
    (round % 2 === 0 ? programs : programs.toReversed()).map((program) => ({ ...cell, program, round })),
  )
    .flat()
    .filter((place) => !isRefused(record, place))
    .filter((place) => !record.points.some((point) => isAt(place)(point) && point.round === place.round));
}

/** A program that did not fit once is not tried again. */
function isRefused({ points }: GrowthRecord, place: Place): boolean {
  return points.some((point) => isAt(place)(point) && point.state === 'refused');
}

function choiceIn({ points }: GrowthRecord, place: Place): SetUpChoice | null {
  return points.flatMap((point) => (isAt(place)(point) && point.state === 'measured' ? [point.choice] : []))[0] ?? null;
}

/** With the pairs and the weights of the cell, which both programs read. */
async function inCellFolder(
  { settings, python, limits }: GrowthOptions,
  { size, context }: GrowthCell,
  use: (steps: PeerSteps) => Promise<void>,
): Promise<void> {
  const weights = mkdtempSync(join(tmpdir(), 'harness-grow-'));
  try {
    const model = { ...yardstick(size), contextLength: context };
    await saveModelFolder(weights, { model, parameters: initParameters(model, 0) });
    const shape = growthShape(context, settings.tokensPerStep);
    const pairs = join(weights, 'pairs.jsonl');
    writeGrowthPairs(pairs, shape, model.vocabSize);
    const { threads, steps } = settings;
    const given = { python, limits, libraryPath: null, device: 'cpu' } as const;
    await use({ ...given, weights, pairs, threads, steps, pairsPerStep: shape.pairs });
  } finally {
    rmSync(weights, { recursive: true, force: true });
  }
}

async function takePoint(
  options: GrowthOptions,
  { place, steps, known }: { readonly place: Place; readonly steps: PeerSteps; readonly known: SetUpChoice | null },
): Promise<GrowthPoint> {
  try {
    if (place.program === 'harness')
      return { ...place, state: 'measured', choice: null, ...(await ourStep(place, steps)) };
    const choice = known ?? (await fastestChoice(steps, place.program, options.setUps));
    const { stepMsMedian, peakMemoryBytes, losses } = await peerStep(steps, place.program, choice);
    const [first = [Number.NaN, null]] = losses;
    return { ...place, state: 'measured', choice, stepMsMedian, peakMemoryBytes, losses: first };
  } catch (error) {
    if (error instanceof UserError) return { ...place, state: 'refused', reason: error.message };
    throw error;
  }
}

async function ourStep(
  { size, context }: GrowthCell,
  steps: PeerSteps,
): Promise<Pick<GrowthPoint & { state: 'measured' }, 'stepMsMedian' | 'peakMemoryBytes' | 'losses'>> {
  const request = { ...steps, size, contextLength: context, profiledSteps: 1 };
  const { stepMsMedian, peakMemoryBytes, losses } = await measureTrainStep(request, steps.limits);
  return { stepMsMedian, peakMemoryBytes, losses: losses[0] ?? [Number.NaN, Number.NaN] };
}
