/** The spread between seeds in a claim, and what it asks of a sweep: against numbers by hand and direct formulas. */
import { describe, expect, it } from 'vitest';
import type { TrialOutcome, TrialResult } from '../../harness/record/trial-result.ts';
import {
  neededRows,
  noiseHead,
  noiseOutlook,
  noiseRows,
  seedNoise,
  seedsNeeded,
  smallestFound,
  wideness,
  type SeedNoise,
} from '../../harness/report/index.ts';
import type { ClaimSpec } from '../../harness/spec/index.ts';

const claim: ClaimSpec = {
  treatment: 'pmp',
  reference: 'none',
  metric: null,
  direction: 'different',
  task: 'algebra',
  pretrainPairs: null,
  variant: null,
  survives: null,
};

/** Accuracies of a seed: of two models, in both arms. */
interface SeedValues {
  readonly pmp: readonly [number, number];
  readonly none: readonly [number, number];
}
const values: readonly SeedValues[] = [
  { pmp: [0.6, 0.7], none: [0.5, 0.6] },
  { pmp: [0.62, 0.72], none: [0.56, 0.62] },
  { pmp: [0.58, 0.72], none: [0.5, 0.64] },
  { pmp: [0.64, 0.74], none: [0.52, 0.58] },
];

function trialsOf(seeds: readonly SeedValues[], effect = 0): TrialResult[] {
  return seeds.flatMap((ofSeed, index) =>
    (['pmp', 'none'] as const).flatMap((arm) =>
      ofSeed[arm].map((value, model): TrialResult => {
        const pairs = arm === 'pmp' ? 128 : 0;
        const trialId = `${index}-${arm}-${model}`;
        const accuracy = value + (arm === 'pmp' ? effect : 0);
        return {
          trialId,
          seed: 1001 + index,
          model: `model-${model}`,
          arm,
          pmpPairs: pairs,
          pretrainPairs: pairs,
          task: 'algebra',
          samples: 32,
          declared: {},
          outcome: 'completed',
          cause: null,
          metrics: { 'eval/pairwise_accuracy': accuracy, 'eval/pairwise_loss': 1 - accuracy },
          choices: {},
          evaluateStage: `evaluate-${trialId}`,
        };
      }),
    ),
  );
}

const ended = (outcome: TrialOutcome, trials: readonly TrialResult[], id: string): TrialResult[] =>
  trials.map((trial) => (trial.trialId === id ? { ...trial, outcome, cause: 'loss', metrics: {} } : trial));

const noise = (trials: readonly TrialResult[], about: Partial<ClaimSpec> = {}): SeedNoise =>
  seedNoise({ trials, claim: { ...claim, ...about } });

describe('the spread between seeds', () => {
  it('is that of one value a seed, the mean over models', () => {
    // pmp: 0.65, 0.67, 0.65, 0.69 (mean 0.665); none: 0.55, 0.59, 0.57, 0.55 (0.565).
    // Differences: 0.10, 0.08, 0.08, 0.14.
    const found = noise(trialsOf(values));
    // Squares about 0.665: 2 x 0.015^2 + 0.005^2 + 0.025^2 = 0.0011; about 0.565: 0.0011; about 0.1: 0.0024.
    const [arm, difference] = [Math.sqrt(0.0011 / 3), Math.sqrt(0.0024 / 3)];
    expect(found.treatment.deviation).toBeCloseTo(arm, 12);
    expect(found.reference.deviation).toBeCloseTo(arm, 12);
    expect(found.deviation).toBeCloseTo(difference, 12);
    // Products: (-0.015)(-0.015) + (0.005)(0.025) + (-0.015)(0.005) + (0.025)(-0.015) = -0.0001; over 0.0011.
    expect(found.correlation).toBeCloseTo(-1 / 11, 10);
    expect(found.mean).toBeCloseTo(0.615, 12);
    expect(found.deviationInterval.high / found.deviation).toBeCloseTo(Math.sqrt(3 / 0.215795), 4);
    expect(found).toMatchObject({ seeds: [1001, 1002, 1003, 1004], incomplete: [], models: ['model-0', 'model-1'] });
  });

  it('says nothing of what the treatment does: any effect gives the same but for the common mean', () => {
    const told = (effect: number): unknown => {
      const found = noise(trialsOf(values, effect));
      const rows = noiseRows(found).slice(1);
      return [noiseHead(found), rows, wideness(found), noiseOutlook(found, 4, smallestFound(found, 4))];
    };
    expect(told(0.2)).toEqual(told(0));
  });

  it('leaves out a seed of which a trial diverged, and counts it', () => {
    const found = noise(ended('diverged', trialsOf(values), '1-none-0'));
    expect(found).toMatchObject({ seeds: [1001, 1003, 1004], incomplete: [1002], counts: { used: 15, diverged: 1 } });
    expect(noiseHead(found)[1]).toBe(
      '3 seeds (1001 to 1004), each the mean of 2 models and 1 sample size; 15 of 16 trials used; 1 diverged; ' +
        'left out as incomplete: 1002',
    );
  });

  it.each([
    [
      'too few seeds are complete',
      trialsOf(values.slice(0, 2)),
      /^2 of the pilot's seeds are complete .* 3 are the least/,
    ],
    [
      'the seeds do not differ',
      trialsOf([values[0]!, values[0]!, values[0]!]),
      /^the difference is the same in all 3 seeds/,
    ],
    ['nothing is recorded', [], /^the pilot has no trials of the claim/],
  ])('is inconclusive where %s', (_, trials, message) => {
    expect(() => noise(trials)).toThrow(
      expect.objectContaining({ exitCode: 5, message: expect.stringMatching(message) }),
    );
  });
});

describe('seeds needed', () => {
  const measured = noise(trialsOf(values));

  it('are the fewest that find the difference, by the measured sd and by its upper end', () => {
    const found = smallestFound(measured, 9);
    expect(seedsNeeded(measured, [found?.measured ?? 0])[0]?.seeds.measured).toBe(9);
    expect(seedsNeeded(measured, [(found?.measured ?? 0) - 1e-6])[0]?.seeds.measured).toBe(10);
    expect(seedsNeeded(measured, [found?.upper ?? 0])[0]?.seeds.upper).toBe(9);
    // G*Power: an effect of half the sd takes 34 pairs, two-sided.
    expect(seedsNeeded(measured, [measured.deviation / 2])[0]?.seeds.measured).toBe(34);
    expect(neededRows(measured, seedsNeeded(measured, [0.01, 0.0001]))).toEqual([
      ['1 point', '65', expect.any(String)],
      ['0.01 points', 'over 10,000', 'over 10,000'],
    ]);
  });

  it('are fewer where the claim names its side', () => {
    const oneSided = noise(trialsOf(values), { direction: 'better' });
    expect(seedsNeeded(oneSided, [measured.deviation / 2])[0]?.seeds.measured).toBe(27);
    expect(noiseHead(oneSided)[0]).toContain('one-sided at 5 %');
  });

  it('are three at least, and two seeds find nothing', () => {
    expect(seedsNeeded(measured, [0.9])[0]?.seeds.measured).toBe(3);
    expect(smallestFound(measured, 2)).toBeNull();
    expect(noiseOutlook(measured, 2, null)[0]).toBe("The experiment's 2 seeds make no claim: three are the least.");
  });

  it('of another metric are in its unit', () => {
    const loss = noise(trialsOf(values), { metric: 'eval/pairwise_loss' });
    expect(neededRows(loss, seedsNeeded(loss, [0.05]))[0]?.[0]).toBe('0.05 nats');
    expect(noiseOutlook(loss, 4, smallestFound(loss, 4)).join(' ')).not.toContain('test pairs');
  });
});
