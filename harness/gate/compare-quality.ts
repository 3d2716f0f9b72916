/**
 * Per-item scores of two states of the code on the same items. The unit is a seed: one difference a seed, as a share of
 * the items. Seeds share their random numbers on both sides, so what is left between two sides that should be equal is
 * the noise of training. Items are fixed, as they are in the gate; the interval that resamples them too is told beside.
 */
import { randomStream } from '../random/index.ts';
import {
  centerOf,
  crossedBootstrapInterval,
  drawGroupWeights,
  intervalOf,
  mean,
  resampledMeans,
  type Interval,
} from '../stats/index.ts';
import { plural } from '../text/index.ts';
import type { Draft, Tested } from './finding.ts';
import { pOfLoss } from './judge.ts';
import type { ItemSet, QualitySamples, QualityScores } from './samples.ts';

/** Two seeds make an interval, but no claim. */
const fewestSeeds = 3;
const resamples = 1000;

/** Every metric that one of the two has, in the order of the baseline. */
export function compareQuality(baseline: QualitySamples, candidate: QualitySamples): readonly Draft[] {
  const find = (one: QualityScores, among: QualitySamples): QualityScores | undefined =>
    among.quality.find((other) => nameOf(other) === nameOf(one));
  const known = baseline.quality.map((scores) => {
    const other = find(scores, candidate);
    if (other === undefined) return undecided(scores, 'inconclusive', ['The candidate has no such metric.']);
    return compared(scores, other, { baseline, candidate });
  });
  const fresh = candidate.quality.filter((scores) => find(scores, baseline) === undefined);
  return [...known, ...fresh.map((scores) => undecided(scores, 'new', ['The baseline has no such metric.']))];
}

function nameOf({ experiment, condition, metric }: QualityScores): string {
  return `${experiment}: ${condition}: ${metric}`;
}

function undecided(scores: QualityScores, outcome: Exclude<Draft['outcome'], null>, notes: readonly string[]): Draft {
  return { kind: 'quality', name: nameOf(scores), tested: null, outcome, notes };
}

interface Sides {
  readonly baseline: QualitySamples;
  readonly candidate: QualitySamples;
}

function compared(baseline: QualityScores, candidate: QualityScores, sides: Sides): Draft {
  const problem = lostTrials(candidate) ?? otherItems(baseline, candidate, sides) ?? tooFewSeeds(baseline, candidate);
  if (problem !== null) return undecided(baseline, 'inconclusive', [problem]);
  const items = sides.baseline.itemSets[baseline.itemSet ?? ''] as ItemSet;
  const pairs = pairsOfSeeds(baseline, candidate);
  const isIdentical = pairs.every((pair) => pair.baseline.every((value, item) => value === pair.candidate[item]));
  const unused = unusedSeeds(baseline, candidate);
  return {
    kind: 'quality',
    name: nameOf(baseline),
    tested: test(pairs, items),
    outcome: isIdentical ? 'identical' : null,
    notes: unused === null ? [] : [unused],
  };
}

/** A trial that failed has no score, and what is left over of the others says nothing about it. */
function lostTrials({ missing, seeds }: QualityScores): string | null {
  const [first] = missing;
  if (first === undefined) return null;
  const cause = first.cause === null ? '' : `: ${first.cause}`;
  return (
    `${missing.length} of ${plural(missing.length + seeds.length, 'trial')} of the candidate ` +
    `${missing.length === 1 ? 'has' : 'have'} no score; seed ${first.seed} is ${first.outcome}${cause}.`
  );
}

function otherItems(baseline: QualityScores, candidate: QualityScores, sides: Sides): string | null {
  if (baseline.itemSet === candidate.itemSet) return null;
  const idsOf = (samples: QualitySamples, { itemSet }: QualityScores): ReadonlySet<string> =>
    new Set(samples.itemSets[itemSet ?? '']?.ids);
  const [before, now] = [idsOf(sides.baseline, baseline), idsOf(sides.candidate, candidate)];
  const onlyIn = (some: ReadonlySet<string>, others: ReadonlySet<string>): number =>
    [...some].filter((id) => !others.has(id)).length;
  const [gone, added] = [onlyIn(before, now), onlyIn(now, before)];
  const how = gone + added === 0 ? 'grouped in another way' : `${gone} only in the baseline, ${added} only here`;
  return `The items are not the same (${how}), so a new baseline has to be accepted.`;
}

function tooFewSeeds(baseline: QualityScores, candidate: QualityScores): string | null {
  const common = pairsOfSeeds(baseline, candidate).length;
  if (common >= fewestSeeds) return null;
  if (common > 0) return `Only ${plural(common, 'seed')} in common, where ${fewestSeeds} are needed.`;
  const listed = ({ seeds }: QualityScores): string => seeds.map(({ seed }) => seed).join(', ') || 'none';
  return `No seed in common: the baseline has ${listed(baseline)}, the candidate ${listed(candidate)}.`;
}

function unusedSeeds(baseline: QualityScores, candidate: QualityScores): string | null {
  const used = pairsOfSeeds(baseline, candidate).length;
  const unused = baseline.seeds.length + candidate.seeds.length - 2 * used;
  return unused === 0 ? null : `${plural(unused, 'seed')} only on one side, left out.`;
}

interface SeedPair {
  readonly seed: number;
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

function pairsOfSeeds(baseline: QualityScores, candidate: QualityScores): readonly SeedPair[] {
  const values = new Map(candidate.seeds.map((one) => [one.seed, one.values]));
  return baseline.seeds.flatMap((one) => {
    const others = values.get(one.seed);
    return others === undefined ? [] : [{ seed: one.seed, baseline: one.values, candidate: others }];
  });
}

function test(pairs: readonly SeedPair[], items: ItemSet): Tested {
  const losses = pairs.map((pair) => mean(pair.baseline) - mean(pair.candidate));
  const center = centerOf(losses);
  const of = (side: 'baseline' | 'candidate'): number => mean(pairs.map((pair) => mean(pair[side])));
  const units = pairs.map(({ seed }, index) => ({ unit: `seed ${seed}`, loss: losses[index] as number }));
  const change = centerOf(losses.map((loss) => -loss));
  return {
    baseline: of('baseline'),
    candidate: of('candidate'),
    change: change.mean,
    interval: intervalOf(change, { unit: 'seeds' }),
    itemInterval: () => intervalOverItems(pairs, items),
    n: pairs.length,
    p: pOfLoss(center, 0),
    loss: { units, center, bound: 0, centerOf, asChange: (loss) => -loss },
  };
}

function intervalOverItems(pairs: readonly SeedPair[], { ids, groups }: ItemSet): Interval | null {
  const { uniform } = randomStream(0, 'gate', 'items', ids.length, pairs.length);
  const weights = drawGroupWeights(groups, resamples, uniform);
  const rows = pairs.map(({ baseline, candidate }) =>
    resampledMeans(
      Float64Array.from(candidate, (value, item) => value - (baseline[item] as number)),
      weights,
    ),
  );
  return crossedBootstrapInterval(rows, { uniform, unit: 'seeds and groups of items' });
}
