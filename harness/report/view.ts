/**
 * What a figure or a table may read, and the records that register one. A figure or a table is one file that exports
 * its record, and one line in figures/index.ts or tables/index.ts.
 */
import type { Metric } from '../kinds/metrics.ts';
import type { RecordedAudit, RecordedContamination, RecordedScores } from '../record/recorded-audit.ts';
import type { ChoiceValue } from '../record/index.ts';
import { unique } from './distinct.ts';
import type {
  Cell,
  ChartSpec,
  Comparison,
  Efficiency,
  FigureLegend,
  FigurePanel,
  MarkReading,
  NumberRow,
} from './report-types.ts';
import type { PublishedLaw } from './published-laws.ts';
import type { ComputeSplit } from './split/split-types.ts';
import type { TestPairs } from './test-pairs.ts';

/** What figures and tables of a whole experiment are drawn from. */
export interface ExperimentView {
  readonly cells: readonly Cell[];
  readonly comparisons: readonly Comparison[];
  /** Treatments below their largest budget against no pretraining; of the same family of tests. */
  readonly smallerBudgets: readonly Comparison[];
  readonly efficiency: readonly Efficiency[];
  /** How the compute of each treatment was split, and the best split; none where the cost of training is not known. */
  readonly computeSplits: readonly ComputeSplit[];
  /** How much the test pairs of each task can tell. */
  readonly testPairs: readonly TestPairs[];
  readonly audits: readonly RecordedAudit[];
  readonly contaminations: readonly RecordedContamination[];
  readonly scores: readonly RecordedScores[];
  /** Path of the experiment -> the values that it was chosen from on dev. */
  readonly tried: Readonly<Record<string, readonly ChoiceValue[]>>;
  /** Parameters without embeddings, by the model's name; none where they are not recorded. */
  readonly modelSizes: Readonly<Record<string, number>>;
  readonly publishedLaws: readonly PublishedLaw[];
  /** Unit, direction and label of a metric, by the name it is recorded under. */
  metricOf(name: string): Metric;
}

/** All of it is about one task. */
export interface TaskView extends ExperimentView {
  readonly task: string;
  readonly headline: Metric;
}

/** The cells are those of one model; comparisons, efficiency and splits of compute are the whole task's. */
export interface ModelView extends TaskView {
  readonly model: string;
}

/** A chart as a Vega-Lite specification, with the words around it. */
export interface FigureDrawing {
  readonly title: string;
  readonly caption: string;
  readonly alt: string;
  readonly spec: ChartSpec;
  /** Without panels a page shows `spec` as it is. */
  readonly panels?: readonly FigurePanel[];
  readonly legend?: readonly FigureLegend[];
  /** Without it a page tells the fields of a mark by their names. */
  readonly reading?: MarkReading;
}

/** A table as text, with the words around it. */
export interface TableDrawing {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note: string;
  /** The same numbers without rounding, for results.csv. */
  readonly numbers?: readonly Omit<NumberRow, 'table' | 'task'>[];
}

/** `draw` returns null where there is nothing to show. */
interface Kind<Scope, View, Drawing> {
  /** Of its files and headings; lower case and hyphens. */
  readonly id: string;
  /** One for each task, one for each task and model, or one for the experiment. */
  readonly scope: Scope;
  /** The plug-in file that it comes from; absent for ours. */
  readonly source?: string;
  draw(view: View): Drawing | null;
}

/** A figure of every task, or of the experiment. `draw` returns null where there is nothing to show. */
export type FigureKind = Kind<'task', TaskView, FigureDrawing> | Kind<'experiment', ExperimentView, FigureDrawing>;

/** A table of every model, of every task, or of the experiment. `draw` returns null where there is nothing to show. */
export type TableKind = (
  | Kind<'model', ModelView, TableDrawing>
  | Kind<'task', TaskView, TableDrawing>
  | Kind<'experiment', ExperimentView, TableDrawing>
) & {
  /** A page shows the title only, until a reader opens it. */
  readonly isFolded: boolean;
};

/** A view for each task, in the order in which the plan first names them. */
export function taskViews(view: ExperimentView): readonly TaskView[] {
  return unique(view.cells.map((cell) => cell.task)).map((task) => {
    const cells = view.cells.filter((cell) => cell.task === task);
    return {
      task,
      headline: (cells[0] as Cell).headline,
      cells,
      comparisons: view.comparisons.filter((comparison) => comparison.task === task),
      smallerBudgets: view.smallerBudgets.filter((comparison) => comparison.task === task),
      efficiency: view.efficiency.filter((row) => row.task === task),
      computeSplits: view.computeSplits.filter((split) => split.task === task),
      testPairs: view.testPairs.filter((one) => one.task === task),
      audits: view.audits,
      contaminations: view.contaminations,
      scores: view.scores.filter((scores) => scores.task === task),
      tried: view.tried,
      modelSizes: view.modelSizes,
      publishedLaws: view.publishedLaws,
      metricOf: view.metricOf,
    };
  });
}

export function modelViews(view: TaskView): readonly ModelView[] {
  return unique(view.cells.map((cell) => cell.model)).map((model) => ({
    ...view,
    model,
    cells: view.cells.filter((cell) => cell.model === model),
  }));
}
