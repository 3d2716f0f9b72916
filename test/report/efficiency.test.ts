import { describe, expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { armResolver } from '../../harness/report/arm-points.ts';
import { groupCells } from '../../harness/report/cells.ts';
import { sampleEfficiency } from '../../harness/report/efficiency.ts';
import { buildReport } from '../../harness/report/index.ts';
import { reach } from '../../harness/stats/index.ts';
import { input } from './sweep-fixture.ts';

type Curve = Readonly<Record<number, number>>;

const trial = (arm: string, samples: number, seed: number, accuracy: number, model = 'tiny'): TrialResult => ({
  trialId: `${model}-${arm}-${samples}-${seed}`,
  seed,
  model,
  arm,
  pmpPairs: arm === 'pmp' ? 1000 : 0,
  pretrainPairs: arm === 'none' ? 0 : 1000,
  task: 'lookup',
  samples,
  declared: {},
  outcome: 'completed',
  cause: null,
  evaluateStage: 'e',
  choices: {},
  metrics: { 'eval/pairwise_accuracy': accuracy },
});

/** All arms on all seeds; `offset` is added to a trial's accuracy. */
const trialsOf = (
  curves: Readonly<Record<string, Curve>>,
  seeds: readonly number[],
  offset: (arm: string, samples: number, seed: number) => number = () => 0,
  model = 'tiny',
): readonly TrialResult[] =>
  seeds.flatMap((seed) =>
    Object.entries(curves).flatMap(([arm, curve]) =>
      Object.entries(curve).map(([samples, accuracy]) =>
        trial(arm, Number(samples), seed, accuracy + offset(arm, Number(samples), seed), model),
      ),
    ),
  );

const headline = {
  name: 'eval/pairwise_accuracy',
  unit: 'share',
  better: 'high',
  label: 'pairwise accuracy',
  chance: 0.5,
} as const;

const efficiencyOf = (trials: readonly TrialResult[]) =>
  sampleEfficiency(groupCells(trials, { armNamed: armResolver(), headlineFor: () => headline }));

describe('by hand', () => {
  const curves = { none: { 128: 0.55, 512: 0.65 }, pmp: { 128: 0.6, 512: 0.7 } };

  test('halfway between 128 and 512 samples on a log axis is 256; beyond 512 it is a bound', () => {
    // Seed 1 is 0.02 lower in all: the same ratios, and no spread to make an interval of.
    const [first, second] = efficiencyOf(trialsOf(curves, [0, 1], (_, __, seed) => -0.02 * seed));
    expect(first?.needs.x).toBeCloseTo(256, 6);
    expect(first?.interval).toBeNull();
    expect(first?.sentence).toBe(
      'tiny: PMP (1,000 pairs) reaches 59.0 % with 128 samples; no pretraining needs about 256: 2.0x as many ' +
        '(n = 2 seeds).',
    );
    expect(second?.needs).toEqual({ x: 512, bound: 'more-than' });
    expect(second?.sentence).toContain(
      'no pretraining needs more than 512, the largest size: > 1.0x as many [> 1.0x, > 1.0x] (n = 2 seeds).',
    );
  });

  test('a reference that is ahead at its smallest size needs at most that', () => {
    const [first] = efficiencyOf(trialsOf({ ...curves, none: { 128: 0.8, 512: 0.85 } }, [0]));
    expect(first).toMatchObject({ needs: { x: 128, bound: 'at-most' }, interval: null, n: 1 });
    expect(first?.sentence).toContain('needs at most 128, the smallest size: \u2264 1.0x as many (n = 1 seed).');
  });

  test('one lucky size is not where a value is reached: a curve that falls back is pooled', () => {
    // 0.70 at 256 by luck, 0.56 before and after. The first crossing of 0.60 would lie at 170.
    const none = { 128: 0.56, 256: 0.7, 512: 0.56, 1024: 0.56, 2048: 0.7 };
    const [first] = efficiencyOf(trialsOf({ none, pmp: { 128: 0.65 } }, [0]));
    // 256 to 1,024 become 0.60667; 0.65 lies 0.4643 of the way from there to 0.70.
    expect(first?.needs.x).toBeCloseTo(1024 * 2 ** ((0.65 - 0.60666667) / (0.7 - 0.60666667)), 2);
  });

  test('every reference arm is told, and a reference with one sample size is not', () => {
    const lmCurve = { 128: 0.58, 512: 0.66 };
    const arms = (of: Readonly<Record<string, Curve>>): readonly string[] =>
      efficiencyOf(trialsOf(of, [0, 1])).map(({ reference, samples }) => `${reference.arm.id} ${samples}`);
    expect(arms({ ...curves, 'lm-equal-pairs': lmCurve })).toEqual([
      'none 128',
      'none 512',
      'lm-equal-pairs 128',
      'lm-equal-pairs 512',
    ]);
    expect(arms({ none: { 128: 0.55 }, pmp: curves.pmp, 'lm-equal-pairs': lmCurve })).toEqual([
      'lm-equal-pairs 128',
      'lm-equal-pairs 512',
    ]);
  });

  test('architectures are averaged within a seed; a seed that lacks a trial is not a unit', () => {
    const small = { none: { 128: 0.65, 512: 0.75 }, pmp: { 128: 0.7, 512: 0.8 } };
    const both = [...trialsOf(curves, [0, 1, 2]), ...trialsOf(small, [0, 1, 2], undefined, 'small')];
    const [pooled] = efficiencyOf(both);
    expect(pooled).toMatchObject({ models: ['tiny', 'small'], n: 3 });
    expect(pooled?.value).toBeCloseTo(0.65, 12);
    expect(pooled?.needs.x).toBeCloseTo(256, 6);
    expect(pooled?.sentence).toMatch(/^Mean of tiny and small: /);
    const [fewer] = efficiencyOf(both.filter(({ trialId }) => trialId !== 'small-none-512-1'));
    expect(fewer?.n).toBe(2);
  });

  test('an interval that holds "as many" is told as no saving shown; one that does not is not', () => {
    const wiggle = (size: number) => (_: string, samples: number, seed: number) =>
      size * ([0.3, -1, 0.7][seed] as number) * (samples === 128 ? 1 : -0.5);
    const sentence = (size: number): string =>
      efficiencyOf(trialsOf(curves, [0, 1, 2], (arm, ...at) => (arm === 'pmp' ? wiggle(size)(arm, ...at) : 0)))[0]
        ?.sentence ?? '';
    expect(sentence(0.06)).toMatch(/2\.0x as many \[\u2264 1\.0x, > 4\.0x\] \(n = 3 seeds; no saving is shown\)\.$/);
    // sd 0.00889, half a t-interval 0.0221, and 0.05 a doubling: 2^(1 - 0.44) to 2^(1 + 0.44).
    expect(sentence(0.01)).toMatch(/2\.0x as many \[1\.5x, 2\.7x\] \(n = 3 seeds\)\.$/);
  });

  test('beyond the sizes of the reference no saving is shown: more than 512 may be fewer than 1,024', () => {
    const ahead = { none: curves.none, pmp: { 128: 0.6, 1024: 0.9 } };
    const last = efficiencyOf(trialsOf(ahead, [0, 1])).at(-1);
    expect(last?.sentence).toContain('> 0.5x as many [> 0.5x, > 0.5x] (n = 2 seeds; no saving is shown).');
  });

  test('the table holds ratios, bounds and intervals', () => {
    const noise = randomStream(1, 'table');
    const trials = trialsOf(curves, [0, 1, 2], () => 0.01 * noise.normal());
    const table = buildReport(input({ trials })).tables.find(({ title }) => title.startsWith('Sample efficiency'));
    expect(table?.columns.slice(4)).toEqual(['which needs', 'ratio', 'ratio, 95 % interval', 'n']);
    expect(table?.rows[1]?.slice(4)).toEqual(['> 512', '> 1.0x', expect.stringMatching(/^\[.*, > 1\.0x\]$/), '3']);
  });
});

test('simulated: 95 % intervals of three seeds hold the truth, which may be a bound', () => {
  const sizes = [256, 512, 1024, 2048, 4096];
  const level = (samples: number): number => 0.6 + 0.03 * Math.log2(samples / 256);
  const curve = (ahead: number): Curve => Object.fromEntries(sizes.map((samples) => [samples, level(samples) + ahead]));
  let [held, all] = [0, 0];
  for (const ahead of [0.03, 0.13])
    for (let r = 0; r < 30; r++) {
      const random = randomStream(r, 'coverage', String(ahead));
      const ofSeed = [0, 1, 2].map(() => 0.01 * random.normal());
      const noise = (_: string, __: number, seed: number) => (ofSeed[seed] as number) + 0.01 * random.normal();
      const row = efficiencyOf(trialsOf({ none: curve(0), pmp: curve(ahead) }, [0, 1, 2], noise))[2];
      const truth = reach(sizes, sizes.map(level), level(1024) + ahead);
      const [low, high] = [row?.interval?.low, row?.interval?.high];
      const isAbove =
        truth.bound === 'more-than' || low?.bound === 'at-most' || (low?.bound === null && low.x <= truth.x);
      const isBelow = high?.bound === 'more-than' || (truth.bound === null && (high?.x as number) >= truth.x);
      held += Number(isAbove && isBelow);
      all += 1;
    }
  // 95 % less three standard errors of 60 draws.
  expect(held / all).toBeGreaterThan(0.86);
});
