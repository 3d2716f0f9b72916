/** Samples that tests make up: scores of seeds on items, and runs of speed. */
import { samplesVersion, type Samples, type SpeedRun } from '../../harness/gate/index.ts';
import { randomStream, type RandomStream } from '../../harness/random/index.ts';

export const machine = {
  cpuModel: 'made-up',
  cores: 2,
  memoryGiB: 8,
  platform: 'linux x64',
  release: '6.1',
  node: 'v20.0.0',
  engine: 'onnxruntime-node 1.0.0',
};

export const empty: Samples = {
  samplesVersion,
  commit: null,
  changedFiles: 0,
  accepted: [],
  experiments: [],
  itemSets: {},
  quality: [],
  speed: [],
};

export const items = 200;
const ids = Array.from({ length: items }, (_, index) => `item-${String(index).padStart(3, '0')}`);

export interface MadeQuality {
  readonly seeds: number;
  readonly accuracy: number;
  /** Draws the scores. */
  readonly stream?: RandomStream;
  readonly condition?: string;
}

/** Every item is right with the same probability, in every seed anew. */
export function madeQuality({ seeds, accuracy, condition = 'lookup, none', ...given }: MadeQuality): Samples {
  const stream = given.stream ?? randomStream(1, 'made quality');
  const values = (): number[] => ids.map(() => (stream.uniform() < accuracy ? 1 : 0));
  return {
    ...empty,
    experiments: [{ name: 'made', spec: 'experiments/made.yaml' }],
    itemSets: { all: { ids, groups: ids } },
    quality: [
      {
        experiment: 'made',
        condition,
        metric: 'pairwise accuracy',
        itemSet: 'all',
        seeds: Array.from({ length: seeds }, (_, index) => ({ seed: index + 1, values: values() })),
        missing: [],
      },
    ],
  };
}

/** The scores of one seed changed; the others as they are. */
export function withSeeds(
  samples: Samples,
  change: (seed: Samples['quality'][number]['seeds'][number]) => readonly number[],
): Samples {
  const quality = samples.quality.map((scores) => ({
    ...scores,
    seeds: scores.seeds.map((seed) => ({ ...seed, values: [...change(seed)] })),
  }));
  return { ...samples, quality };
}

/** One run of paths that take this long. */
export function madeRun(ms: Readonly<Record<string, number>>, other: Partial<SpeedRun['machine']> = {}): SpeedRun {
  return {
    takenAt: '2026-11-28T12:00:00.000Z',
    machine: { ...machine, ...other },
    milliseconds: 10,
    times: Object.entries(ms).map(([name, time]) => ({
      name,
      work: `call ${name}`,
      calls: 3,
      ms: [time, time, time],
      cpuMs: time,
    })),
  };
}

/** Runs whose times vary by this share, as log-normal numbers. */
export function noisyRuns(count: number, ms: Readonly<Record<string, number>>, noise: number, seed = 1): SpeedRun[] {
  const { normal } = randomStream(seed, 'made runs');
  return Array.from({ length: count }, () =>
    madeRun(Object.fromEntries(Object.entries(ms).map(([name, time]) => [name, time * Math.exp(noise * normal())]))),
  );
}
