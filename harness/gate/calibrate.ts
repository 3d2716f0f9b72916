/**
 * Gates simulated from recorded noise: seeds of one state of the code against other seeds of it, and runs of speed
 * against the runs that followed them. Nothing has changed between the two sides, so every alarm is false; with a loss
 * or a slowdown planted in one metric of the candidate, every gate without an alarm there has missed it.
 */
import { randomStream, type RandomStream } from '../random/index.ts';
import { UserError } from '../spec/user-error.ts';
import { wilsonInterval, type Interval } from '../stats/index.ts';
import { compareQuality } from './compare-quality.ts';
import { compareRounds, type Clock, type SpeedRounds } from './compare-speed.ts';
import { judge } from './judge.ts';
import type { QualitySamples, QualityScores, Samples, SpeedRun } from './samples.ts';

export interface CalibrationOptions {
  readonly gates: number;
  /** Of each side of a gate. */
  readonly seeds: number;
  readonly rounds: number;
  /** Shares of 1. */
  readonly loss: number;
  readonly slowdown: number;
  readonly clock: Clock;
}

export interface Rate {
  readonly gates: number;
  readonly alarms: number;
  readonly share: number;
  /** 95 %. */
  readonly interval: Interval | null;
}

export interface Calibration {
  /** Without any change: gates with an alarm of any metric. */
  readonly unchanged: Rate;
  /** With a change planted in one metric: gates that found it there. */
  readonly planted: readonly (Rate & { readonly kind: 'quality' | 'speed'; readonly metric: string })[];
}

/** @throws UserError (5) where the samples hold too few seeds or runs for such gates. */
export function calibrate(samples: Samples, options: CalibrationOptions): Calibration {
  refuseFew(samples, options);
  const stream = randomStream(0, 'gate', 'calibrate');
  const unchanged = count(options.gates, () => judge(draftsOf(drawGate(samples, options, stream))).some(isAlarm));
  const paths = samples.speed[0]?.times.map(({ name }) => name) ?? [];
  const metrics = samples.quality.map((_, index) => index);
  const each = Math.ceil(options.gates / Math.max(1, paths.length + metrics.length));
  return {
    unchanged,
    planted: [
      ...metrics.map((index) => ({
        kind: 'quality' as const,
        metric: metricName(samples.quality[index] as QualityScores),
        ...count(each, () => findsLoss(drawGate(samples, options, stream), index, options.loss, stream)),
      })),
      ...paths.map((path) => ({
        kind: 'speed' as const,
        metric: path,
        ...count(each, () => findsSlowdown(drawGate(samples, options, stream), path, options.slowdown)),
      })),
    ],
  };
}

const metricName = ({ experiment, condition, metric }: QualityScores): string =>
  `${experiment}: ${condition}: ${metric}`;

const isAlarm = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'regressed';

function count(gates: number, isFound: () => boolean): Rate {
  const alarms = Array.from({ length: gates }, isFound).filter(Boolean).length;
  const share = alarms / gates;
  return { gates, alarms, share, interval: wilsonInterval(share, gates, { unit: 'simulated gates' }) };
}

/** What a gate would have measured. */
interface DrawnGate {
  readonly baseline: QualitySamples;
  readonly candidate: QualitySamples;
  readonly rounds: SpeedRounds;
  readonly clock: Clock;
}

function draftsOf({ baseline, candidate, rounds, clock }: DrawnGate): ReturnType<typeof compareQuality> {
  return [...compareQuality(baseline, candidate), ...compareRounds(rounds, clock)];
}

function drawGate(samples: Samples, { seeds, rounds, clock }: CalibrationOptions, stream: RandomStream): DrawnGate {
  return { ...drawQuality(samples, seeds, stream), rounds: drawRounds(samples.speed, rounds, stream), clock };
}

/** The metrics of one experiment share their seeds, and so they share what a seed does to all of them. */
function drawQuality(
  { experiments, itemSets, quality }: QualitySamples,
  seeds: number,
  stream: RandomStream,
): Pick<DrawnGate, 'baseline' | 'candidate'> {
  const orders = new Map(
    experiments.map(({ name }) => {
      const known = quality.find(({ experiment }) => experiment === name)?.seeds.map(({ seed }) => seed) ?? [];
      return [name, stream.shuffled(known)];
    }),
  );
  const side = (from: number): QualitySamples => ({
    experiments,
    itemSets,
    quality: quality.map((scores) => {
      const drawn = (orders.get(scores.experiment) ?? []).slice(from, from + seeds);
      const valuesOf = (seed: number): number[] => scores.seeds.find((one) => one.seed === seed)?.values ?? [];
      return { ...scores, seeds: drawn.map((seed, index) => ({ seed: index + 1, values: valuesOf(seed) })) };
    }),
  });
  return { baseline: side(0), candidate: side(seeds) };
}

/** Two runs that followed each other are a round; which of them is the candidate's is drawn. */
function drawRounds(runs: readonly SpeedRun[], rounds: number, stream: RandomStream): SpeedRounds {
  const pairs = Array.from({ length: Math.floor(runs.length / 2) }, (_, pair) => pair);
  const drawn = stream.shuffled(pairs).slice(0, rounds);
  const swaps = drawn.map(() => stream.integer(2));
  const side = (of: 0 | 1): readonly SpeedRun[] =>
    drawn.map((pair, round) => runs[2 * pair + (of ^ (swaps[round] as number))] as SpeedRun);
  return { baseline: side(0), candidate: side(1) };
}

/** What was right becomes wrong with the probability that costs `loss` on average. */
function findsLoss(gate: DrawnGate, index: number, loss: number, stream: RandomStream): boolean {
  const quality = gate.candidate.quality.map((scores, metric) =>
    metric === index ? { ...scores, seeds: scores.seeds.map((seed) => withLoss(seed, loss, stream)) } : scores,
  );
  return isAlarm(judge(draftsOf({ ...gate, candidate: { ...gate.candidate, quality } }))[index] ?? { outcome: '' });
}

function withLoss<Seed extends { readonly values: number[] }>(seed: Seed, loss: number, stream: RandomStream): Seed {
  const accuracy = seed.values.reduce((sum, value) => sum + value, 0) / seed.values.length;
  return { ...seed, values: seed.values.map((value) => (stream.uniform() < loss / accuracy ? 0 : value)) };
}

function findsSlowdown(gate: DrawnGate, path: string, slowdown: number): boolean {
  const slower = (run: SpeedRun): SpeedRun => ({
    ...run,
    times: run.times.map((one) => (one.name === path ? slowed(one, 1 + slowdown) : one)),
  });
  const rounds = { ...gate.rounds, candidate: gate.rounds.candidate.map(slower) };
  return judge(draftsOf({ ...gate, rounds })).some((one) => one.kind === 'speed' && one.name === path && isAlarm(one));
}

function slowed<Times extends { readonly ms: number[]; readonly cpuMs: number }>(times: Times, factor: number): Times {
  return { ...times, ms: times.ms.map((ms) => ms * factor), cpuMs: times.cpuMs * factor };
}

function refuseFew({ quality, speed }: Samples, { seeds, rounds }: CalibrationOptions): void {
  const least = Math.min(...quality.map((one) => one.seeds.length));
  if (quality.length > 0 && least < 2 * seeds) throw tooFew(`${least} seeds`, `${2 * seeds} for ${seeds} a side`);
  const pairs = Math.floor(speed.length / 2);
  if (speed.length > 0 && pairs < rounds) throw tooFew(`${speed.length} runs`, `${2 * rounds} for ${rounds} rounds`);
  if (quality.length + speed.length === 0) throw tooFew('nothing', 'seeds or runs');
}

function tooFew(found: string, needed: string): UserError {
  return new UserError(`the samples hold ${found}; such gates need ${needed}`, {
    exitCode: 5,
    hint: 'Record more with `harness bench samples`, or simulate gates with fewer seeds and rounds.',
  });
}
