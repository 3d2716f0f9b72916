/**
 * The file of samples: per-item scores over seeds and runs of speed, of one state of the code. `harness bench samples`
 * writes it, `harness gate accept` turns it into a baseline, and `harness gate` reads both.
 */
import { z } from 'zod';

/** Goes up where a field changes its meaning; a file of another version is refused. */
export const samplesVersion = 1;

const machine = z.strictObject({
  cpuModel: z.string(),
  cores: z.number().int(),
  memoryGiB: z.number(),
  platform: z.string(),
  release: z.string(),
  node: z.string(),
  engine: z.string(),
});

const pathTimes = z.strictObject({
  name: z.string(),
  work: z.string(),
  calls: z.number().int().min(1),
  ms: z.array(z.number().positive()).min(1),
  cpuMs: z.number().positive(),
});

/** One process: the unit of a speed that is not measured in turns. */
export const speedRunSchema = z.strictObject({
  takenAt: z.string(),
  machine,
  milliseconds: z.number(),
  times: z.array(pathTimes).min(1),
});

/** `values`: of each item, in the order of the item set; a share of 1. */
const seedScores = z.strictObject({ seed: z.number().int(), values: z.array(z.number().min(0).max(1)) });

/** A trial that has no scores, with what became of it. */
const missingSeed = z.strictObject({ seed: z.number().int(), outcome: z.string(), cause: z.string().nullable() });

const qualityScores = z.strictObject({
  experiment: z.string(),
  /** What all its trials share but the seed, as the experiment names it. */
  condition: z.string(),
  metric: z.string(),
  /** A name in `itemSets`; null where no trial has scores. */
  itemSet: z.string().nullable(),
  seeds: z.array(seedScores),
  missing: z.array(missingSeed),
});

const itemSet = z.strictObject({
  ids: z.array(z.string()).min(1),
  /** Of each item: what statistics resample together. */
  groups: z.array(z.string()).min(1),
});

const acceptance = z.strictObject({
  reason: z.string(),
  by: z.string(),
  at: z.string(),
  commit: z.string().nullable(),
});

export const samplesSchema = z.strictObject({
  samplesVersion: z.literal(samplesVersion),
  /** null where the program ran outside of a git checkout. */
  commit: z.string().nullable(),
  /** Files that differed from the commit. */
  changedFiles: z.number().int(),
  /** The newest first; empty for samples that nobody accepted. */
  accepted: z.array(acceptance),
  /** The experiments behind `quality`, as files below the folder of the project. */
  experiments: z.array(z.strictObject({ name: z.string(), spec: z.string() })),
  itemSets: z.record(z.string(), itemSet),
  quality: z.array(qualityScores),
  speed: z.array(speedRunSchema),
});

export type Samples = Readonly<z.infer<typeof samplesSchema>>;
export type SpeedRun = Readonly<z.infer<typeof speedRunSchema>>;
export type QualityScores = Readonly<z.infer<typeof qualityScores>>;
export type ItemSet = Readonly<z.infer<typeof itemSet>>;
export type Acceptance = Readonly<z.infer<typeof acceptance>>;
export type QualitySamples = Pick<Samples, 'experiments' | 'itemSets' | 'quality'>;

export const noQuality: QualitySamples = { experiments: [], itemSets: {}, quality: [] };
