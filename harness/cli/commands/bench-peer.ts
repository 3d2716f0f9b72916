/** `harness bench peer`: the training step here and in PyTorch, in each of the named set-ups. */
import { resolve } from 'node:path';
import {
  compareWithPeer,
  comparedSteps,
  readTokenPairs,
  type FailedSetUp,
  type MeasuredSetUp,
  type PeerSetUp,
  type ProgramSpeed,
} from '../../bench/index.ts';
import { openDevice } from '../open-device.ts';
import type { CliContext } from '../context.ts';
import type { StepFlags } from './bench.ts';

interface PeerFlags extends StepFlags {
  readonly setUps: readonly PeerSetUp[];
  readonly rounds: number;
  readonly python: string;
  readonly libraryPath?: string;
}

export async function benchPeer(context: CliContext, flags: PeerFlags): Promise<void> {
  const { json, libraryPath, ...options } = flags;
  readTokenPairs(flags.pairs);
  const { device } = await openDevice(context, flags.device);
  const own = { device, pairs: resolve(flags.pairs), contextLength: null, profiledSteps: comparedSteps };
  const comparison = await compareWithPeer({ ...options, ...own, libraryPath: libraryPath ?? null });
  const { size, threads, pairsPerStep, steps, rounds } = flags;
  if (json) return context.printJson({ ...comparison, size, device, threads, pairsPerStep, steps });
  const { ours, setUps, strongest, machine } = comparison;
  context.printTable(columns, [['harness', ...speedCells(ours), '', '', '', ''], ...setUps.map(rowOf)]);
  context.print(`strongest: ${strongestLine(setUps, strongest)}`);
  context.print(`${size}, ${rounds} rounds of ${steps} steps of ${pairsPerStep} pairs, ${threads} threads, ${machine}`);
}

const columns = [
  'program',
  'pairs/s (median)',
  'range',
  'tokens/s',
  'peak MB',
  'ratio (median)',
  'range',
  'losses differ by',
  'note',
] as const;

function rowOf(one: MeasuredSetUp | FailedSetUp): readonly string[] {
  if (one.state === 'failed') return [one.setUp, '', '', '', '', '', '', '', one.reason];
  const { ratioMedian, ratioRange, lossDifference } = one;
  const difference = lossDifference === null ? 'not compared' : lossDifference.toExponential(1);
  return [one.setUp, ...speedCells(one), ratioMedian.toFixed(2), rangeText(ratioRange), difference, one.note];
}

function speedCells({ pairsPerSecond, tokensPerSecond, peakMemoryBytes }: ProgramSpeed): readonly string[] {
  return [
    pairsPerSecond.median.toFixed(2),
    rangeText(pairsPerSecond.range),
    tokensPerSecond.toFixed(0),
    (peakMemoryBytes / 1e6).toFixed(0),
  ];
}

const rangeText = ([from, to]: readonly [number, number]): string => `${from.toFixed(2)}-${to.toFixed(2)}`;

function strongestLine(setUps: readonly (MeasuredSetUp | FailedSetUp)[], strongest: PeerSetUp): string {
  const found = setUps.find(({ setUp }) => setUp === strongest) as MeasuredSetUp;
  const { engine, note, ratioMedian, ratioRange } = found;
  const how = note === '' ? engine : `${engine}; ${note}`;
  return `${strongest} (${how}); ours to it ${ratioMedian.toFixed(2)} (${rangeText(ratioRange)}) in pairs/s`;
}
