/** What there is to do in a stage, and what is asked to say so. Types only. */
import type { Kinds, PairLengths } from '../kinds/index.ts';
import type { StageDescription } from '../store/index.ts';
import type { StepOptions } from '../train/index.ts';
import type { StepCosts } from './step-costs.ts';
import type { Work } from './work.ts';

/** A stage of a plan, or one that was run and says as much about itself. */
export type DescribedStage<Config extends object = object> = Pick<StageDescription, 'kind' | 'inputs' | 'locations'> & {
  readonly config: Config;
};

/**
 * Work in the units that time is predicted from. `model` and `data` name what makes stages alike: architecture and
 * vocabulary; objective and pairs.
 */
export interface StageWork {
  readonly kind: string;
  readonly model: string | null;
  readonly data: string | null;
  readonly work: Work;
}

/** How a stage trains: one step, and how many pairs it takes. */
export interface Training {
  readonly step: StepOptions;
  readonly pairs: number;
}

export interface WorkContext {
  readonly kinds: Kinds;
  /** The stage with this id, null where it is not known. */
  stage(id: string): DescribedStage | null;
  /** Mean lengths that this `task` or `pairs` stage recorded of a set of its pairs; null where it has not run. */
  recordedLengths(id: string): PairLengths | null;
  readonly steps: StepCosts;
}
