/** How compute can be split between pretraining and finetuning, and which split does best. Types only. */
import type { Metric } from '../../kinds/metrics.ts';
import type { LeftOutMean } from '../../stats/index.ts';
import type { ArmPoint, Estimate } from '../point-types.ts';

/** Training FLOPs of a point, the same for all of its seeds. */
export interface PointCompute {
  /** Of the model that all who begin there share; not in the total. */
  readonly startFlops: number;
  readonly pretrainFlops: number;
  readonly finetuneFlops: number;
  /** From the start on. */
  readonly totalFlops: number;
}

export interface SplitPoint extends ArmPoint, Omit<PointCompute, 'startFlops'> {
  /** Part of the total that is pretraining, in [0, 1]. */
  readonly pretrainShare: number;
  readonly estimate: Estimate;
  /** No option of as many samples costs no more and is better, by means; null for a control, which is no option. */
  readonly isOnFrontier: boolean | null;
}

/** The best split within a budget of compute, chosen on all seeds but the one that it is read on. */
export interface BestSplit {
  readonly budgetFlops: number;
  /** How many seeds were read at a split that the others chose, by its share of pretraining, ascending. */
  readonly chosen: readonly { readonly pretrainShare: number; readonly seeds: number }[];
  /** Over the seeds left out. */
  readonly estimate: Estimate;
  /**
   * Against the best way to finetune alone within the same budget, chosen likewise; more is better whatever the metric.
   * null where nothing without pretraining costs so little.
   */
  readonly gain: LeftOutMean | null;
}

/** One treatment of one model at one sample size. */
export interface ComputeSplit {
  readonly task: string;
  readonly headline: Metric;
  readonly model: string;
  readonly samples: number;
  /** What all of its arms share of the variant; the length of finetuning is no part of it. */
  readonly treatment: Pick<ArmPoint, 'arm' | 'variant'>;
  readonly startFlops: number;
  /** Points of the model with results, but without a known cost: left out. */
  readonly uncosted: number;
  /** Options and controls that begin with the same model, the cheapest first. */
  readonly points: readonly SplitPoint[];
  /** Budgets ascending; empty where `lack` says what is missing. */
  readonly best: readonly BestSplit[];
  readonly lack: string | null;
  /** Of the gain at the largest budget, by Holm over all splits of the experiment; null where there is none. */
  readonly adjustedP: number | null;
}
