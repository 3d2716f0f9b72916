/**
 * How long a stage will take, from stages that were timed. A table of default speeds gives the shape (so much a
 * gigabyte, so much a stage); what was recorded on this machine gives the scale: the ratio of measured to default
 * seconds, taken over the most alike stages there are.
 */
import { median } from '../stats/index.ts';
import { secondsAtDefault, type Work } from './default-speeds.ts';
import type { StageKind } from './stage.ts';

/**
 * What a stage has to do. `model` and `data` name what makes stages alike: architecture and vocabulary, objective and
 * pairs.
 */
export interface StageWork {
  readonly kind: StageKind;
  readonly model: string | null;
  readonly data: string | null;
  readonly work: Work;
}

/** A stage that was timed, by a machine and settings that the caller found comparable; the newest come first. */
export interface TimedStage extends StageWork {
  readonly seconds: number;
  /**
   * Whether a stage of this kind still does what this one did; what another version took is believed only where nothing
   * newer is there.
   */
  readonly isCurrent: boolean;
}

/** From the nearest to the farthest: which recorded stages a prediction rests on. */
export const basisLevels = ['same', 'model', 'kind', 'machine', 'default'] as const;
export type BasisLevel = (typeof basisLevels)[number];

export interface StageTime {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  readonly basis: { readonly level: BasisLevel; readonly stages: number };
}

/**
 * Factor between low and expected, expected and high: what covered nine of ten stages when recorded sweeps were
 * predicted from parts of themselves or from each other.
 */
const spreads: Readonly<Record<BasisLevel, number>> = { same: 1.3, model: 1.5, kind: 1.7, machine: 2, default: 3 };

/** The newest stages of a group: enough for a median, and an engine that got faster is soon believed. */
const newest = 12;
/** A stage says little about one that is this many times longer: start-up weighs otherwise in it. */
const comparableFactor = 8;

/** Predicts any number of stages from one set of records. */
export function timePredictor(timed: readonly TimedStage[]): (stage: StageWork) => StageTime {
  const rated = timed.map((stage) => ({ ...stage, usual: secondsAtDefault(stage.kind, stage.work) }));
  const groups = new Map<string, Rated[]>();
  for (const { seconds, usual, isCurrent, ...stage } of rated) {
    for (const [, key] of groupKeys(stage))
      groups.set(key, [...(groups.get(key) ?? []), { ratio: seconds / usual, usual, isCurrent }]);
  }
  return (stage) => {
    const usual = secondsAtDefault(stage.kind, stage.work);
    for (const [level, key] of groupKeys(stage)) {
      const group = groups.get(key) ?? [];
      const alike = level === 'machine' ? group : mostTelling(group, usual);
      if (alike.length > 0)
        return stageTime(
          usual * (level === 'machine' ? sharedRatio(alike) : median(alike.map(({ ratio }) => ratio))),
          level,
          alike.length,
        );
    }
    return stageTime(usual, 'default', 0);
  };
}

function mostTelling(group: readonly Rated[], usual: number): readonly Rated[] {
  const comparable = group.filter((other) => other.usual * comparableFactor >= usual);
  const current = comparable.filter(({ isCurrent }) => isCurrent);
  return (current.length > 0 ? current : comparable).slice(0, newest);
}

/** Of all kinds together, by their time: what many short stages are wrong by must not decide about a long one. */
function sharedRatio(stages: readonly Rated[]): number {
  return (
    stages.reduce((sum, { ratio, usual }) => sum + ratio * usual, 0) / stages.reduce((sum, { usual }) => sum + usual, 0)
  );
}

interface Rated {
  readonly ratio: number;
  readonly usual: number;
  readonly isCurrent: boolean;
}

/** Groups that a stage is in, the nearest first. */
function groupKeys({ kind, model, data }: StageWork): readonly (readonly [BasisLevel, string])[] {
  const ofModel = model === null ? [] : [['model', JSON.stringify([kind, model])] as const];
  return [['same', JSON.stringify([kind, model, data])], ...ofModel, ['kind', kind], ['machine', 'any']];
}

function stageTime(seconds: number, level: BasisLevel, stages: number): StageTime {
  return { seconds, low: seconds / spreads[level], high: seconds * spreads[level], basis: { level, stages } };
}
