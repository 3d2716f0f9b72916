/** The noise of a claim as people read it: tables, and sentences around them. */
import { defaultHeadline } from '../../kinds/metrics.ts';
import { count, plural, type Cell } from '../../text/index.ts';
import { significance } from '../compare/significance.ts';
import { countsText } from '../counts.ts';
import { armLabel, decimal, listText, unitSuffix, valueText, valueWithUnit } from '../format.ts';
import type { SeedNoise } from './seed-noise.ts';
import { isOneSidedClaim, mostSeeds, type SeedsNeeded, type smallestFound } from './seeds-needed.ts';

/** What was measured: the claim, and the trials that it rests on. */
export function noiseHead(noise: SeedNoise): readonly string[] {
  const { treatment, reference, task, headline, seeds, incomplete, models, samples, counts } = noise;
  const sides = `${armLabel(treatment.arm, true)} against ${armLabel(reference.arm, true)}`;
  const over = `${plural(models.length, 'model')} and ${plural(samples.length, 'sample size')}`;
  const tails = isOneSidedClaim(noise) ? 'one' : 'two';
  const left = incomplete.length === 0 ? '' : `; left out as incomplete: ${listText(incomplete.map(String))}`;
  return [
    `${sides} on ${task}: ${headline.label}, ${tails}-sided at ${100 * significance} %`,
    `${plural(seeds.length, 'seed')} (${seeds[0]} to ${seeds.at(-1)}), each the mean of ${over}; ` +
      `${countsText(counts)}${left}`,
  ];
}

export function noiseRows(noise: SeedNoise): readonly (readonly Cell[])[] {
  const { treatment, reference, headline, deviationInterval: ends } = noise;
  const sd = (deviation: number): string => `${valueText(deviation, headline)}${unitSuffix(headline)}`;
  const interval = `95 % interval ${valueText(ends.low, headline)} to ${valueText(ends.high, headline)}`;
  return [
    ['mean of both arms together', valueWithUnit(noise.mean, headline)],
    [`sd over seeds, ${armLabel(treatment.arm, true)}`, sd(treatment.deviation)],
    [`sd over seeds, ${armLabel(reference.arm, true)}`, sd(reference.deviation)],
    ['correlation of the arms', noise.correlation === null ? null : decimal(noise.correlation, 2)],
    ['sd of the paired difference', `${sd(noise.deviation)}, ${interval}`],
  ];
}

/** Few seeds tell a spread badly, and a reader who plans by it must know how badly. */
export function wideness({ seeds, deviation, deviationInterval: { low, high } }: SeedNoise): string {
  const how = high / deviation > 1.5 ? 'badly' : 'well';
  const reach = `${decimal(low / deviation, 2)} to ${decimal(high / deviation, 2)} times`;
  return (
    `${plural(seeds.length, 'seed')} tell this sd ${how}: the true one may be ${reach} as large ` +
    `(95 %, where seeds are normally distributed).`
  );
}

export const neededColumns = ['true difference', 'seeds for 80 % power', 'at the upper end of the sd'] as const;

export function neededRows(noise: SeedNoise, needed: readonly SeedsNeeded[]): readonly (readonly Cell[])[] {
  const seedsText = (seeds: number | null): string => (seeds === null ? `over ${count(mostSeeds)}` : count(seeds));
  return needed.map(({ difference, seeds }) => [
    inFull(difference, noise),
    seedsText(seeds.measured),
    seedsText(seeds.upper),
  ]);
}

/** As it was asked for: `2 points`, `0.05 nats`. */
function inFull(difference: number, { headline }: SeedNoise): string {
  const asked = Number((headline.unit === 'share' ? 100 * difference : difference).toPrecision(12));
  return `${asked}${asked === 1 && headline.unit === 'share' ? ' point' : unitSuffix(headline)}`;
}

/** What the seeds that are planned would find, and what no number of seeds helps against. */
export function noiseOutlook(
  noise: SeedNoise,
  seeds: number,
  found: ReturnType<typeof smallestFound>,
): readonly string[] {
  const { headline } = noise;
  const text = (difference: number): string => `${valueText(difference, headline)}${unitSuffix(headline)}`;
  const own = `The experiment's ${plural(seeds, 'seed')}`;
  const planned =
    found === null
      ? `${own} make no claim: three are the least.`
      : `${own} find ${text(found.measured)} or more with 80 % power; ` +
        `${text(found.upper)} or more at the upper end of the sd.`;
  const items =
    headline.name === defaultHeadline
      ? ['A claim must also stand clear of its test pairs, against which more seeds do not help.']
      : [];
  return [
    planned,
    ...items,
    'The difference that the pilot saw is not shown, on purpose: a claim chosen after a look at it is no prediction.',
  ];
}
