/** What a figure of the paper is: an experiment that is swept for it, a query over its records, and a chart. */

export interface PaperFigure {
  /** Of its files, and on the command line. */
  readonly id: string;
  readonly title: string;
  /** What it stands for in the paper. */
  readonly item: string;
  /** The experiment of the paper's own size; `-two-cores` is its small twin. */
  readonly experiment: string;
  /** SQL with `$experiment`; gives the columns of `FigureRow`, in an order that is always the same. */
  readonly query: string;
  readonly chart: PaperChart;
  /** What the numbers are, for the caption. */
  readonly caption: string;
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
