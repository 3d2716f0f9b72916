/**
 * Times of the same work by two states of the code. Measured in turns, the unit is a round, and what the machine did
 * meanwhile cancels out in the ratio of a round. Stored runs can only be compared where the hardware is the same; then
 * the unit is a run on either side.
 */
import {
  differenceOfCenters,
  intervalOf,
  mean,
  quantile,
  trimmedCenterOf,
  type Center,
  type Interval,
} from '../stats/index.ts';
import { differencesOf } from '../bench/index.ts';
import { plural } from '../text/index.ts';
import type { Draft, Loss, Tested } from './finding.ts';
import { pOfLoss } from './judge.ts';
import type { SpeedRun } from './samples.ts';

/** Slower by less than this is not told apart from another layout of the same code, nor worth an alarm. */
export const toleratedSlowdown = 0.03;

/** With fewer, a standard error says next to nothing. */
const fewestUnits = 3;

/** Runs of two programs; in turns, a round has one of each. */
export interface SpeedRounds {
  readonly baseline: readonly SpeedRun[];
  readonly candidate: readonly SpeedRun[];
}

/**
 * `wall`: what a person waits for. `cpu`: what the program computes, without waiting; on a machine with other work it
 * has far less noise.
 */
export type Clock = 'wall' | 'cpu';

/** Rounds that alternated on this machine, paired. */
export function compareRounds({ baseline, candidate }: SpeedRounds, clock: Clock): readonly Draft[] {
  return compareBy({ baseline, candidate, clock }, pairedTest);
}

/** Runs of different times, not paired. */
export function compareRuns({ baseline, candidate }: SpeedRounds, clock: Clock): readonly Draft[] {
  const other = hardwareDifference(baseline, candidate);
  if (other !== null) return [undecided('all paths', 'not comparable', [`Other hardware: ${other}.`])];
  return compareBy({ baseline, candidate, clock }, unpairedTest);
}

/** null where all runs were taken on one machine. */
export function hardwareDifference(baseline: readonly SpeedRun[], candidate: readonly SpeedRun[]): string | null {
  const [expected] = baseline;
  if (expected === undefined) return null;
  const found = [...baseline, ...candidate].map(({ machine }) => differencesOf(machine, expected.machine));
  return found.find((differences) => differences.length > 0)?.join('; ') ?? null;
}

type Test = (before: readonly number[], now: readonly number[]) => Tested;

function compareBy(
  { baseline, candidate, clock }: SpeedRounds & { readonly clock: Clock },
  test: Test,
): readonly Draft[] {
  const known = worksOf(baseline).map(({ name, work }) => {
    const found = worksOf(candidate).filter((one) => one.name === name);
    if (found.length === 0) return undecided(name, 'inconclusive', ['The candidate has no such path.']);
    if (found.length > 1 || found[0]?.work !== work)
      return undecided(name, 'not comparable', ['One call does other work than in the baseline.']);
    const [before, now] = [timesOf(baseline, name, clock), timesOf(candidate, name, clock)];
    const few = Math.min(before.length, now.length);
    if (few < fewestUnits)
      return undecided(name, 'inconclusive', [`Only ${plural(few, 'run')}, where ${fewestUnits} are needed.`]);
    return { kind: 'speed', name, tested: test(before, now), outcome: null, notes: [] } as const;
  });
  const names = new Set(worksOf(baseline).map(({ name }) => name));
  const fresh = worksOf(candidate).filter(({ name }) => !names.has(name));
  return [...known, ...fresh.map(({ name }) => undecided(name, 'new', ['The baseline has no such path.']))];
}

export function undecided(name: string, outcome: Exclude<Draft['outcome'], null>, notes: readonly string[]): Draft {
  return { kind: 'speed', name, tested: null, outcome, notes };
}

interface Work {
  readonly name: string;
  readonly work: string;
}

/** Each once. */
function worksOf(runs: readonly SpeedRun[]): readonly Work[] {
  const works = new Map(
    runs.flatMap(({ times }) => times.map(({ name, work }) => [`${name}\n${work}`, { name, work }])),
  );
  return [...works.values()];
}

function timesOf(runs: readonly SpeedRun[], name: string, clock: Clock): readonly number[] {
  const found = runs.flatMap(({ times }) => times.filter((one) => one.name === name));
  return found.map(({ ms, cpuMs }) => (clock === 'cpu' ? cpuMs : wallTimeOf(ms)));
}

/** Of a run. Other work on the machine only ever adds time, and the lower quarter of the calls has least of it. */
function wallTimeOf(ms: readonly number[]): number {
  return quantile(ms, 0.25);
}

function pairedTest(before: readonly number[], now: readonly number[]): Tested {
  const losses = now.map((ms, round) => Math.log(ms / (before[round] as number)));
  const units = losses.map((loss, round) => ({ unit: `round ${round + 1}`, loss }));
  return tested(before, now, { ...scale, units, center: trimmedCenterOf(losses) }, 'rounds');
}

function unpairedTest(before: readonly number[], now: readonly number[]): Tested {
  const of = (times: readonly number[]): Center => trimmedCenterOf(times.map(Math.log));
  return tested(before, now, { ...scale, units: null, center: differenceOfCenters(of(now), of(before)) }, 'runs');
}

const scale = {
  bound: Math.log1p(toleratedSlowdown),
  centerOf: (values: readonly number[]): Center => trimmedCenterOf(values),
  asChange: Math.expm1,
} as const;

function tested(before: readonly number[], now: readonly number[], loss: Loss, unit: string): Tested {
  const geometricMean = (times: readonly number[]): number => Math.exp(mean(times.map(Math.log)));
  return {
    baseline: geometricMean(before),
    candidate: geometricMean(now),
    change: Math.expm1(loss.center.mean),
    interval: asRatio(intervalOf(loss.center, { unit })),
    itemInterval: () => null,
    n: loss.center.n,
    p: pOfLoss(loss.center, loss.bound),
    loss,
  };
}

function asRatio(interval: Interval | null): Interval | null {
  return interval === null ? null : { ...interval, low: Math.expm1(interval.low), high: Math.expm1(interval.high) };
}
