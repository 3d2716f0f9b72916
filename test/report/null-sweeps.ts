/**
 * Sweeps in which no arm differs from another in the population of seeds and test pairs, in the shapes of
 * experiments/scale.yaml and experiments/gsm8k.yaml. What goes together in a real sweep goes together here: models of a
 * seed, sample sizes of a seed (nested samples, one pretraining run), pairs of a group, and what an arm finds easy.
 */
import type { PairOutcomes, TrialResult } from '../../harness/record/trial-result.ts';
import type { RandomStream } from '../../harness/random/index.ts';

export interface Shape {
  readonly models: readonly string[];
  readonly seeds: readonly number[];
  /** Task -> sample sizes. */
  readonly tasks: Readonly<Record<string, readonly number[]>>;
  readonly arms: readonly (readonly [arm: string, pretrainPairs: number])[];
  /** Of the test pairs of a task, by group. */
  readonly groupSizes: readonly number[];
}

const controls = (pairs: number): Shape['arms'] => [
  ['none', 0],
  ['lm-equal-pairs', pairs],
  ['lm-equal-tokens', pairs],
];

/** 500 test pairs, twins in twos. */
export const scaleShape: Shape = {
  models: ['qwen2-small', 'gpt2-small'],
  seeds: [1, 2, 3],
  tasks: { algebra: [256, 1024, 4096], 'word-problem': [256] },
  arms: [...controls(16384), ...[512, 1024, 2048, 4096, 8192, 16384].map((pairs) => ['pmp', pairs] as const)],
  groupSizes: Array.from({ length: 250 }, () => 2),
};

/** 520 pairs of 159 questions: up to four solutions each give one, three or four pairs. */
export const gsm8kShape: Shape = {
  models: ['qwen2-small'],
  seeds: [1, 2, 3],
  tasks: { gsm8k: [200, 800] },
  arms: [...controls(8192), ['pmp', 2048], ['pmp', 8192]],
  groupSizes: Array.from({ length: 159 }, (_, group) => (group < 13 ? 1 : group < 77 ? 3 : group < 156 ? 4 : 1)),
};

interface Noise {
  readonly random: RandomStream;
  /** Correlation of the differences of two models of one seed. */
  readonly modelCorrelation: number;
}

/** The standard deviation of an arm's accuracy over seeds. */
const spread = 0.02;
/** Of that variance, the part that all sample sizes of a seed share. */
const sizeCorrelation = 0.5;

/** Accuracies only: all that the tests over seeds read. */
export function nullTrials(shape: Shape, noise: Noise): readonly TrialResult[] {
  return drawn(shape, noise, (_, deviation) => 0.7 + spread * deviation).map(({ trial }) => trial);
}

/**
 * With outcomes of single pairs. Each arm has groups of pairs that it finds easy or hard, whatever the seed: another
 * draw of test pairs would favour another arm.
 */
export function nullOutcomes(
  shape: Shape,
  noise: Noise,
): { readonly trials: readonly TrialResult[]; readonly pairOutcomes: readonly PairOutcomes[] } {
  const { random } = noise;
  const difficulty = memo(() => shape.groupSizes.map(() => random.normal()));
  const taste = memo(() => shape.groupSizes.map(() => random.normal()));
  const rows = new Map<string, PairOutcomes>();
  const trials = drawn(shape, noise, (trial, deviation) => {
    const [easy, own] = [difficulty(trial.task), taste(`${trial.task} ${trial.arm} ${trial.pretrainPairs}`)];
    const correct = new Map<string, number>();
    const groups = new Map<string, string>();
    shape.groupSizes.forEach((size, group) => {
      const mood = (easy[group] as number) + 0.6 * (own[group] as number) + 0.5 * random.normal();
      for (let pair = 0; pair < size; pair++) {
        const id = `${group}-${pair}`;
        correct.set(id, 0.7 + 0.1 * deviation + mood + random.normal() > 0 ? 1 : 0);
        groups.set(id, String(group));
      }
    });
    rows.set(trial.trialId, { trialId: trial.trialId, correct, groups, withinSource: new Set() });
    const right = [...correct.values()];
    return right.reduce((sum, value) => sum + value, 0) / right.length;
  }).map(({ trial }) => trial);
  return { trials, pairOutcomes: [...rows.values()] };
}

type Measure = (trial: Omit<TrialResult, 'metrics'>, deviation: number) => number;

/** `deviation`: standard normal, correlated over models and sizes of one arm and seed. */
function drawn(shape: Shape, { random, modelCorrelation }: Noise, measure: Measure): readonly { trial: TrialResult }[] {
  const normal = memo(() => random.normal());
  const mix = (share: number, common: number, own: number): number =>
    Math.sqrt(share) * common + Math.sqrt(1 - share) * own;
  return Object.entries(shape.tasks).flatMap(([task, sizes]) =>
    shape.arms.flatMap(([arm, pretrainPairs]) =>
      shape.models.flatMap((model) =>
        sizes.flatMap((samples) =>
          shape.seeds.map((seed) => {
            const place = [task, arm, pretrainPairs, seed].join(' ');
            const ofModel = (at: string): number =>
              mix(modelCorrelation, normal(`${place} ${at}`), normal(`${place} ${at} ${model}`));
            const deviation = mix(sizeCorrelation, ofModel('all'), ofModel(String(samples)));
            const trial = bareTrial({ task, arm, pretrainPairs, model, samples, seed });
            return { trial: { ...trial, metrics: { 'eval/pairwise_accuracy': measure(trial, deviation) } } };
          }),
        ),
      ),
    ),
  );
}

type Place = Pick<TrialResult, 'task' | 'arm' | 'pretrainPairs' | 'model' | 'samples' | 'seed'>;

function bareTrial(place: Place): Omit<TrialResult, 'metrics'> {
  return {
    ...place,
    trialId: Object.values(place).join(' '),
    pmpPairs: place.arm === 'pmp' ? place.pretrainPairs : 0,
    declared: {},
    outcome: 'completed',
    cause: null,
    choices: {},
    evaluateStage: '',
  };
}

function memo<T>(compute: () => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? compute();
    known.set(key, value);
    return value;
  };
}
