/** What a figure of the paper is: an experiment that is swept for it, a query over its records, and a chart. */
import type { ExcerptNeeds } from '../../record/index.ts';

export interface PaperFigure {
  /** Of its files, and on the command line. */
  readonly id: string;
  readonly title: string;
  /** What it stands for in the paper. */
  readonly item: string;
  /** The experiment of the paper's own size; `-two-cores` is its toy twin. */
  readonly experiment: string;
  /** The experiment of a size that two cores train, which reports/paper is drawn from. */
  readonly ours: string;
  /** SQL with `$experiment`; gives the columns of `FigureRow`, in an order that is always the same. */
  readonly query: string;
  /** What the query reads beside trials and their stages. */
  readonly needs: ExcerptNeeds;
  readonly chart: PaperChart;
  /** What the numbers are, for the caption. */
  readonly caption: string;
  /**
   * What trials of another experiment have to differ in, or the figure is not theirs; null = nothing. `own`: no setting
   * of a stage says it, so that the figure is drawn of its own experiment alone.
   */
  readonly ablates: Ablated | 'own' | null;
}

export interface Ablated {
  /** In words: `the schedule of pretraining`. */
  readonly what: string;
  /** The stage of a trial that has the setting. */
  readonly role: 'finetune' | 'backbone' | 'pairs';
  /** SQL over a stage `s`. */
  readonly setting: string;
}

/** `curve`: lines over a doubling scale; `arms`: one column for each series. */
export type PaperChart =
  | { readonly kind: 'curve'; readonly x: string; readonly y: PaperAxis }
  | { readonly kind: 'arms'; readonly y: PaperAxis };

export interface PaperAxis {
  readonly title: string;
  readonly unit: 'share' | 'count';
}

/** One seed at one place of the figure. */
export interface FigureRow {
  /** Usually the task. */
  readonly panel: string;
  readonly series: string;
  /** null in a chart of arms. */
  readonly x: number | null;
  readonly seed: number;
  readonly value: number;
}

/** As a query gives it: with the case of every axis that the experiment declares. */
export interface TrialRow extends FigureRow {
  readonly declared: Readonly<Record<string, string | number>>;
}
