/**
 * How long a stage will take, from stages that were timed. A table of default speeds gives the shape (so much a
 * gigabyte, so much a stage). Recorded stages give the scale: the ratio of measured to default seconds. The more alike
 * the recorded stages are, and the more of them there are, the more they weigh; so a prediction moves step by step from
 * the defaults to what equal stages took, and does not jump with the first one.
 */
import type { StageWork } from '../stages/index.ts';
import { median } from '../stats/index.ts';
import { secondsAtDefault } from './default-speeds.ts';

/** A stage that was timed, by a machine and settings that the caller found comparable; the newest come first. */
export interface TimedStage extends StageWork {
  readonly seconds: number;
  /**
   * Whether a stage of this kind still does what this one did. A stage of another version is believed only where
   * nothing newer is there.
   */
  readonly isCurrent: boolean;
}

/** From the nearest to the farthest: which recorded stages a prediction rests on. */
export const basisLevels = ['same', 'model', 'kind', 'machine', 'default'] as const;
export type BasisLevel = (typeof basisLevels)[number];
type RecordLevel = Exclude<BasisLevel, 'default'>;
const farthestFirst = ['machine', 'kind', 'model', 'same'] as const satisfies readonly RecordLevel[];

export interface StageTime {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  /** The nearest level on record, and how many stages there are of it. */
  readonly basis: { readonly level: BasisLevel; readonly stages: number };
}

/**
 * Factor between low and expected, expected and high, where the ratio of a level is known: what covered nine of ten
 * stages when recorded sweeps were predicted from parts of themselves or from each other.
 */
const spreads: Readonly<Record<BasisLevel, number>> = { same: 1.3, model: 1.5, kind: 1.7, machine: 2, default: 3 };
/** Nine of ten values of a normal distribution lie within this many standard deviations. */
const deviations = 1.645;
/** Of the logarithm of a stage's ratio around the ratio of its level. */
const varianceOf = (level: BasisLevel): number => (Math.log(spreads[level]) / deviations) ** 2;

/** The newest stages of a level: enough for a median, and an engine that got faster is soon believed. */
const newest = 12;
/**
 * A stage of this length counts as half a stage, a shorter one as less: what a worker needs to start and to compile a
 * program is a large share of it, and happens once.
 */
const settlingSeconds = 5;
/** Stages of other models or kinds are off by the same amount, so more than a few of them say nothing more. */
const independent = 4;
/** A stage says little about one that is this many times longer: start-up is another share of it. */
const comparableFactor = 8;

interface Rated extends TimedStage {
  readonly usual: number;
}

/** The logarithm of measured / default seconds: normal, with this mean and variance. */
interface Belief {
  readonly mean: number;
  readonly variance: number;
  readonly basis: StageTime['basis'];
}

/**
 * Predicts any number of stages from one set of records. Most stages of a plan are alike, and predicted once; those of
 * a family even share the object.
 */
export function timePredictor(timed: readonly TimedStage[]): (stage: StageWork) => StageTime {
  const rated = timed.map((stage): Rated => ({ ...stage, usual: secondsAtDefault(stage.kind, stage.work) }));
  const known = new Map<string, StageTime>();
  const predicted = (stage: StageWork): StageTime => {
    const usual = secondsAtDefault(stage.kind, stage.work);
    const key = JSON.stringify([stage.kind, stage.model, stage.data, usual]);
    const time = known.get(key) ?? predict(rated, stage, usual);
    known.set(key, time);
    return time;
  };
  const ofObjects = new Map<StageWork, StageTime>();
  return (stage) => {
    const time = ofObjects.get(stage) ?? predicted(stage);
    ofObjects.set(stage, time);
    return time;
  };
}

function predict(rated: readonly Rated[], stage: StageWork, usual: number): StageTime {
  const levels = groupByLevel(rated, stage, usual);
  let belief: Belief = { mean: 0, variance: 0, basis: { level: 'default', stages: 0 } };
  for (const level of farthestFirst) belief = learn(belief, level, levels[level], usual);
  return stageTime(usual, belief);
}

/** Each record counts once, at the nearest level it shares with the stage. */
function groupByLevel(
  rated: readonly Rated[],
  stage: StageWork,
  usual: number,
): Readonly<Record<RecordLevel, readonly Rated[]>> {
  const levels: Record<RecordLevel, Rated[]> = { same: [], model: [], kind: [], machine: [] };
  for (const other of rated) {
    const level = levelOf(other, stage, usual);
    if (level !== null) levels[level].push(other);
  }
  return levels;
}

/** null = a download says nothing about training, nor training about a download. */
function levelOf(other: Rated, { kind, model, data }: StageWork, usual: number): RecordLevel | null {
  const isComparable = other.kind === kind && other.usual * comparableFactor >= usual;
  if (!isComparable) return (other.model === null) === (model === null) ? 'machine' : null;
  if (other.model !== model) return 'kind';
  if (other.data === data) return 'same';
  return model === null ? 'kind' : 'model';
}

/** What the records of one level add to what the levels farther away said (a normal prior and likelihood). */
function learn(belief: Belief, level: RecordLevel, group: readonly Rated[], usual: number): Belief {
  if (group.length === 0) return belief;
  const { ratio, evidence, stages } = level === 'machine' ? sharedRatio(group, usual) : medianRatio(group);
  const prior = belief.variance + varianceOf(belief.basis.level) - varianceOf(level);
  const weight = prior / (prior + varianceOf(level) / (level === 'same' ? evidence : Math.min(evidence, independent)));
  return {
    mean: belief.mean + weight * (Math.log(ratio) - belief.mean),
    variance: (1 - weight) * prior,
    basis: { level, stages },
  };
}

interface Ratio {
  readonly ratio: number;
  /** Stages' worth of it. */
  readonly evidence: number;
  readonly stages: number;
}

function medianRatio(group: readonly Rated[]): Ratio {
  const current = group.filter(({ isCurrent }) => isCurrent);
  const told = (current.length > 0 ? current : group).slice(0, newest);
  return {
    ratio: median(told.map(({ seconds, usual }) => seconds / usual)),
    evidence: evidenceOf(told),
    stages: told.length,
  };
}

function evidenceOf(stages: readonly Rated[]): number {
  return stages.reduce((sum, { usual }) => sum + usual / (usual + settlingSeconds), 0);
}

/** Of all kinds together, by their time: what many short stages are wrong by must not decide about a long one. */
function sharedRatio(group: readonly Rated[], usual: number): Ratio {
  const total = group.reduce((sum, stage) => sum + stage.usual, 0);
  const ratio = group.reduce((sum, { seconds }) => sum + seconds, 0) / total;
  return { ratio, evidence: Math.min(evidenceOf(group), total / usual), stages: group.length };
}

function stageTime(usual: number, { mean, variance, basis }: Belief): StageTime {
  const seconds = usual * Math.exp(mean);
  const spread = Math.exp(deviations * Math.sqrt(variance + varianceOf(basis.level)));
  return { seconds, low: seconds / spread, high: seconds * spread, basis };
}
