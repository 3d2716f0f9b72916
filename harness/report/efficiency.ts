/**
 * Sample efficiency: how many finetuning samples a model without pretraining needs to be as good as a pretrained one is
 * with few. Reads the recorded curves only, never beyond them.
 */
import { isAt } from './arm-points.ts';
import { modelsOf } from './cells.ts';
import { direction } from './headlines.ts';
import { headlineOf } from './estimate.ts';
import { count } from '../text/index.ts';
import { armLabel, ratio, valueWithUnit } from './format.ts';
import type { Cell, Comparison, Efficiency } from './report-types.ts';
import { mean } from '../stats/index.ts';

interface CurvePoint {
  readonly samples: number;
  readonly value: number;
}

/**
 * One reading a model and sample size of a treatment's largest budget; empty where the sweep has no arm without
 * pretraining or a single sample size.
 */
export function sampleEfficiency(cells: readonly Cell[], comparisons: readonly Comparison[]): readonly Efficiency[] {
  return comparisons
    .filter(({ scope, reference }) => scope === 'overall' && reference.arm.role === 'null')
    .flatMap((comparison) => {
      const ofTask = cells.filter((cell) => cell.task === comparison.task);
      return modelsOf(ofTask).flatMap((model) =>
        readings(
          ofTask.filter((cell) => cell.model === model),
          comparison,
        ),
      );
    });
}

function readings(cells: readonly Cell[], { treatment, reference }: Comparison): readonly Efficiency[] {
  const references = cells.filter((cell) => isAt(cell, reference));
  const curve = curveOf(references, null);
  if (curve.length < 2) return [];
  const treated = cells.filter((cell) => isAt(cell, treatment) && cell.used.length > 0);
  return treated
    .toSorted((a, b) => a.samples - b.samples)
    .map((cell) => {
      const { task, model, headline } = cell;
      const reading = { task, headline, model, treatment, reference, ...readingOf(cell, references, curve) };
      return { ...reading, sentence: sentenceOf(reading, curve) };
    });
}

type Reading = Pick<Efficiency, 'samples' | 'value' | 'referenceSamples' | 'isBelow' | 'seedRatios'>;

function readingOf(cell: Cell, references: readonly Cell[], curve: readonly CurvePoint[]): Reading {
  const { samples, headline, used } = cell;
  const sign = direction(headline);
  const value = mean(used.map((trial) => headlineOf(trial, headline)));
  const referenceSamples = reach(curve, value, sign);
  const [first] = curve as readonly [CurvePoint, ...CurvePoint[]];
  const isBelow = referenceSamples === first.samples && sign * (first.value - value) > 0;
  return { samples, value, referenceSamples, isBelow, seedRatios: seedRatios(cell, references) };
}

function seedRatios({ used, samples, headline }: Cell, references: readonly Cell[]): Efficiency['seedRatios'] {
  return used.map((trial) => {
    const own = curveOf(references, trial.seed);
    const at = reach(own, headlineOf(trial, headline), direction(headline));
    return { seed: trial.seed, ratio: at === null ? null : at / samples };
  });
}

/** Mean headline metric against samples; for one seed, that seed's own curve. */
function curveOf(cells: readonly Cell[], seed: number | null): readonly CurvePoint[] {
  return cells
    .map(({ samples, used, headline }) => {
      const trials = used.filter((trial) => seed === null || trial.seed === seed);
      return { samples, values: trials.map((trial) => headlineOf(trial, headline)) };
    })
    .filter(({ values }) => values.length > 0)
    .map(({ samples, values }) => ({ samples, value: mean(values) }))
    .toSorted((a, b) => a.samples - b.samples);
}

/**
 * The fewest samples at which the curve reaches `value`, linear in log samples between measured sizes; null where it
 * does not.
 */
function reach(curve: readonly CurvePoint[], value: number, sign: 1 | -1): number | null {
  for (const [i, point] of curve.entries()) {
    if (sign * (point.value - value) < 0) continue;
    const before = curve[i - 1];
    if (before === undefined) return point.samples;
    const share = (value - before.value) / (point.value - before.value);
    return Math.exp(Math.log(before.samples) + share * (Math.log(point.samples) - Math.log(before.samples)));
  }
  return null;
}

function sentenceOf(reading: Omit<Efficiency, 'sentence'>, curve: readonly CurvePoint[]): string {
  const { model, treatment, reference, samples, value, headline } = reading;
  const what = `${model}: ${armLabel(treatment)} reaches ${valueWithUnit(value, headline)}`;
  const start = `${what} with ${count(samples)} samples; ${armLabel(reference, true)}`;
  return `${start} ${needText(reading, (curve.at(-1) as CurvePoint).samples)}`;
}

function needText({ referenceSamples, samples, isBelow }: Reading, most: number): string {
  if (referenceSamples === null) return `did not reach this with up to ${count(most)} samples.`;
  if (isBelow) return `is already beyond it at ${count(referenceSamples)}, the smallest size.`;
  return `needs about ${count(Math.round(referenceSamples))}, ${ratio(referenceSamples / samples)} as many.`;
}
