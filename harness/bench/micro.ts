/** Times of the hot paths outside the engine, taken with tinybench. */
import { didYouMean, UserError } from '../spec/index.ts';
import { hotPaths, type HotPath } from './hot-paths.ts';
import { machineName } from './in-turns.ts';
import { latencyOf } from './latency.ts';

export interface MicroOptions {
  /** Time given to each path; a quarter of it warms up, uncounted. Every path is called ten times at least. */
  readonly milliseconds: number;
  /** Names of the paths to measure; all where there are none. */
  readonly names: readonly string[];
}

/** Of one call, in milliseconds. */
export interface MicroTime {
  readonly name: string;
  readonly work: string;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Half the width of the 95 % interval of the mean, in per cent of the mean. */
  readonly marginPercent: number;
  readonly samples: number;
}

export interface MicroBench {
  readonly machine: string;
  readonly node: string;
  readonly milliseconds: number;
  readonly times: readonly MicroTime[];
}

/** One path after another. Throws UserError (exit 2) for a name that no path has. */
export async function benchMicro({ milliseconds, names }: MicroOptions): Promise<MicroBench> {
  const chosen = names.length === 0 ? hotPaths : names.map(pathNamed);
  const times: MicroTime[] = [];
  for (const each of chosen) times.push(await timeOf(each, milliseconds));
  return { machine: machineName(), node: process.version, milliseconds, times };
}

function pathNamed(name: string): HotPath {
  const found = hotPaths.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = hotPaths.map((each) => each.name);
  const advice = didYouMean(name, known);
  throw new UserError(`there is no hot path ${JSON.stringify(name)}${advice === null ? '' : `: ${advice}`}`, {
    exitCode: 2,
    hint: `Hot paths: ${known.join(', ')}.`,
  });
}

const leastCalls = 10;

async function timeOf(path: HotPath, milliseconds: number): Promise<MicroTime> {
  const { name, work } = path;
  const { p50, p99, rme, samplesCount } = (await latencyOf(path, { milliseconds, leastCalls })).wall;
  return { name, work, medianMs: p50, p99Ms: p99, marginPercent: rme, samples: samplesCount };
}
