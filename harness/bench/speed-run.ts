/**
 * One run of the speeds that are stored and compared: every hot path and every whole step, in this process. A run is
 * one sample: calls within a process share its memory layout and what else the machine did, and agree more with each
 * other than with those of the next process.
 */
import { quantile } from '../stats/index.ts';
import type { HotPath } from './hot-paths.ts';
import { hotPaths } from './hot-paths.ts';
import { latencyOf } from './latency.ts';
import { wholeSteps } from './whole-steps.ts';

/** Of one path in one run. */
export interface PathTimes {
  readonly name: string;
  /** What one call does: where two say this differently, their times are not compared. */
  readonly work: string;
  readonly calls: number;
  /** Milliseconds a call, ascending: every call, or evenly spaced quantiles, minimum and maximum included. */
  readonly ms: readonly number[];
  /** Milliseconds that a call computed, on the mean, without waiting and without other programs. */
  readonly cpuMs: number;
}

/** Calls that are stored as they are; of more calls as many quantiles. */
const storedTimes = 21;

/** Wrong by less than any clock can tell, and half as long in a file. */
const storedDigits = 5;

/** Of calls that take long: enough for a lower quarter that other work has not touched. */
const leastCalls = 20;

/** @param milliseconds Given to each path; twenty calls at least. */
export async function measureSpeeds(
  milliseconds: number,
  paths: readonly HotPath[] = [...hotPaths, ...wholeSteps],
): Promise<readonly PathTimes[]> {
  const times: PathTimes[] = [];
  for (const path of paths) {
    const { wall, cpuMs } = await latencyOf(path, { milliseconds, leastCalls });
    const { samples = [], samplesCount } = wall;
    times.push({ name: path.name, work: path.work, calls: samplesCount, ms: stored(samples), cpuMs: rounded(cpuMs) });
  }
  return times;
}

/** @param sorted Ascending. */
function stored(sorted: readonly number[]): readonly number[] {
  const places = Array.from({ length: storedTimes }, (_, index) => index / (storedTimes - 1));
  const kept = sorted.length <= storedTimes ? sorted : places.map((place) => quantile(sorted, place));
  return kept.map(rounded);
}

const rounded = (ms: number): number => Number(ms.toPrecision(storedDigits));
