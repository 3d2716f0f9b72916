import { describe, expect, it } from 'vitest';
import { compareQuality } from '../../harness/gate/compare-quality.ts';
import type { Finding } from '../../harness/gate/index.ts';
import { judge } from '../../harness/gate/judge.ts';
import type { Samples } from '../../harness/gate/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { madeQuality, withSeeds } from './made-samples.ts';

const before = madeQuality({ seeds: 12, accuracy: 0.75 });
const judged = (candidate: Samples, baseline = before): readonly Finding[] =>
  judge(compareQuality(baseline, candidate));
const only = (candidate: Samples, baseline = before): Finding => judged(candidate, baseline)[0] as Finding;

/** Of every seed, the first `count` items that were right are wrong. */
const lost = (count: number, from = before): Samples =>
  withSeeds(from, ({ values }) => {
    let left = count;
    return values.map((value) => (value === 1 && left-- > 0 ? 0 : value));
  });

describe('quality', () => {
  it('that is equal in every score is identical, without a test', () => {
    expect(only(before)).toMatchObject({ outcome: 'identical', adjustedP: null, tested: { change: 0, n: 12 } });
  });

  it('of other draws of the same accuracy passes, and says what it could have found', () => {
    const finding = only(madeQuality({ seeds: 12, accuracy: 0.75, stream: randomStream(2, 'other') }));
    expect(finding.outcome).toBe('passed');
    // Two draws of 200 items: sd of a difference 4.3 points, 1.25 of 12; t at 0.005 and 11 degrees is 3.1, and 0.9 more.
    expect(finding.detectable).toBeGreaterThan(0.03);
    expect(finding.detectable).toBeLessThan(0.08);
  });

  it('that lost ten points regressed, with its interval and p', () => {
    const finding = only(madeQuality({ seeds: 12, accuracy: 0.65, stream: randomStream(3, 'worse') }));
    expect(finding.outcome).toBe('regressed');
    expect(finding.adjustedP).toBeLessThan(0.005);
    expect(finding.tested?.interval?.high).toBeLessThan(0);
    expect(finding.tested?.itemInterval()?.high).toBeLessThan(0);
  });

  it('that gained is no regression', () => {
    expect(only(madeQuality({ seeds: 12, accuracy: 0.85, stream: randomStream(4, 'better') })).outcome).toBe('passed');
  });

  it('that lost the same in every seed is found by signs, given enough seeds', () => {
    expect(only(lost(6))).toMatchObject({ outcome: 'regressed', adjustedP: 0.5 ** 12 });
    const few = madeQuality({ seeds: 5, accuracy: 0.75 });
    const finding = only(lost(6, few), few);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.notes.join(' ')).toContain('All lost exactly the same');
  });
});

describe('what cannot be compared', () => {
  it('is a metric that the candidate does not have; one more is only told', () => {
    const other = madeQuality({ seeds: 12, accuracy: 0.75, condition: 'lookup, pmp' });
    expect(judged(other)).toMatchObject([
      { name: 'made: lookup, none: pairwise accuracy', outcome: 'inconclusive' },
      { name: 'made: lookup, pmp: pairwise accuracy', outcome: 'new' },
    ]);
  });

  it('is a candidate of which trials failed', () => {
    const [scores] = before.quality;
    if (scores === undefined) throw new Error('no quality');
    const missing = [{ seed: 3, outcome: 'diverged', cause: 'loss is not finite at step 7' }];
    const quality = [{ ...scores, seeds: scores.seeds.filter(({ seed }) => seed !== 3), missing }];
    const finding = only({ ...before, quality });
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.notes).toEqual([
      '1 of 12 trials of the candidate has no score; seed 3 is diverged: loss is not finite at step 7.',
    ]);
  });

  it('are other items', () => {
    const { ids, groups } = before.itemSets['all'] as Samples['itemSets'][string];
    const set = { ids: ids.map((id) => id.replace('item-000', 'item-999')), groups };
    const quality = before.quality.map((one) => ({ ...one, itemSet: 'others' }));
    const finding = only({ ...before, itemSets: { others: set }, quality });
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.notes.join('')).toContain('1 only in the baseline, 1 only here');
  });

  it('are seeds that the two do not share', () => {
    const quality = before.quality.map((one) => ({
      ...one,
      seeds: one.seeds.map((seed) => ({ ...seed, seed: seed.seed + 100 })),
    }));
    expect(only({ ...before, quality }).notes.join('')).toContain('No seed in common');
  });

  it('are two seeds: they make an interval, but no claim', () => {
    const two = madeQuality({ seeds: 2, accuracy: 0.75 });
    expect(only(two, two)).toMatchObject({
      outcome: 'inconclusive',
      notes: ['Only 2 seeds in common, where 3 are needed.'],
    });
  });

  it('seeds of one side only are left out and told', () => {
    const more = madeQuality({ seeds: 15, accuracy: 0.75 });
    expect(only(more).notes).toEqual(['3 seeds only on one side, left out.']);
    expect(only(more).tested?.n).toBe(12);
  });
});
