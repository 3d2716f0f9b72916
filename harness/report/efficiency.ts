/**
 * Sample efficiency: how many finetuning samples the arm from scratch needs to be as accurate as PMP is with few. Reads
 * the recorded curves only, never beyond them.
 */
import { mean } from '../stats/index.ts';
import { accuracyMetric } from './cells.ts';
import { unique } from './compare.ts';
import { armLabel, count, decimal, percent } from './format.ts';
import type { ArmPoint, Cell, Comparison, Efficiency } from './report-input.ts';

interface CurvePoint {
  readonly samples: number;
  readonly accuracy: number;
}

/**
 * One reading an architecture and sample size of PMP's largest budget; empty where the sweep has no arm from scratch or
 * a single sample size.
 */
export function sampleEfficiency(cells: readonly Cell[], comparisons: readonly Comparison[]): readonly Efficiency[] {
  const contrasts = comparisons.filter(
    (comparison) => comparison.scope === 'overall' && comparison.reference.arm === 'scratch',
  );
  return contrasts.flatMap(({ task, treatment, reference }) =>
    unique(cells.filter((cell) => cell.task === task).map((cell) => cell.architecture)).flatMap((architecture) => {
      const ours = cells.filter((cell) => cell.task === task && cell.architecture === architecture);
      return readings(
        ours.filter((cell) => isAt(cell, treatment)),
        ours.filter((cell) => isAt(cell, reference)),
      );
    }),
  );
}

function readings(pmp: readonly Cell[], scratch: readonly Cell[]): readonly Efficiency[] {
  const curve = curveOf(scratch, null);
  if (curve.length < 2) return [];
  return curveOf(pmp, null).map((point): Efficiency => {
    const cell = pmp.find((candidate) => candidate.samples === point.samples) as Cell;
    const scratchSamples = reach(curve, point.accuracy);
    const seedRatios = cell.used.map((trial) => {
      const at = reach(curveOf(scratch, trial.seed), trial.metrics[accuracyMetric] as number);
      return { seed: trial.seed, ratio: at === null ? null : at / point.samples };
    });
    const { task, architecture } = cell;
    const reading = {
      task,
      architecture,
      treatment: { arm: cell.arm, pretrainPairs: cell.pretrainPairs, variant: cell.variant },
      samples: point.samples,
      accuracy: point.accuracy,
      scratchSamples,
      isBelow: scratchSamples === curve[0]?.samples && (curve[0]?.accuracy ?? 0) > point.accuracy,
      seedRatios,
    };
    return { ...reading, sentence: sentenceOf(reading, curve) };
  });
}

/** Mean accuracy against samples; for one seed, that seed's own curve. */
function curveOf(cells: readonly Cell[], seed: number | null): readonly CurvePoint[] {
  return cells
    .map((cell) => ({
      samples: cell.samples,
      values: cell.used
        .filter((trial) => seed === null || trial.seed === seed)
        .map((trial) => trial.metrics[accuracyMetric] as number),
    }))
    .filter(({ values }) => values.length > 0)
    .map(({ samples, values }) => ({ samples, accuracy: mean(values) }))
    .toSorted((a, b) => a.samples - b.samples);
}

/**
 * The fewest samples at which the curve is at `accuracy`, linear in log samples between measured sizes; null when it
 * stays below.
 */
export function reach(curve: readonly CurvePoint[], accuracy: number): number | null {
  for (const [i, point] of curve.entries()) {
    if (point.accuracy < accuracy) continue;
    const before = curve[i - 1];
    if (before === undefined) return point.samples;
    const share = (accuracy - before.accuracy) / (point.accuracy - before.accuracy);
    return Math.exp(Math.log(before.samples) + share * (Math.log(point.samples) - Math.log(before.samples)));
  }
  return null;
}

function sentenceOf(
  { architecture, treatment, samples, accuracy, scratchSamples, isBelow }: Omit<Efficiency, 'sentence'>,
  curve: readonly CurvePoint[],
): string {
  const start = `${architecture}: ${armLabel(treatment)} reaches ${percent(accuracy)} % with ${count(samples)} samples; from scratch`;
  const last = curve.at(-1) as CurvePoint;
  if (scratchSamples === null) return `${start} this was not reached with up to ${count(last.samples)} samples.`;
  if (isBelow) return `${start} is already above it at ${count(scratchSamples)}, the smallest size.`;
  return `${start} needs about ${count(Math.round(scratchSamples))}, ${ratio(scratchSamples / samples)} as many.`;
}

export function ratio(value: number): string {
  return `${decimal(value, value < 10 ? 1 : 0)}x`;
}

const isAt = (cell: Cell, point: ArmPoint): boolean =>
  cell.arm === point.arm && cell.pretrainPairs === point.pretrainPairs && cell.variant === point.variant;
