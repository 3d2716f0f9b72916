/**
 * Best-of-N: accuracy of the candidate that the reward model likes most among N, against N, at the largest sample size.
 * pass@N (a perfect judge) is the most that any reward model could reach; random choice is what N alone gives.
 */
import { estimateMetric } from '../cells.ts';
import { unique } from '../compare.ts';
import { count, range } from '../format.ts';
import type { Cell, Estimate, Figure } from '../report-input.ts';
import { bySeed, untrained } from '../baselines.ts';
import { armSeries } from './arm-series.ts';
import {
  accuracyAxis,
  arrange,
  chartRows,
  countAxis,
  evidenceText,
  frame,
  legendEntries,
  markAlone,
  roundRow,
  seriesScales,
  type ChartRow,
  type Series,
} from './chart-kit.ts';
import { styles } from './chart-theme.ts';
import { curveLayers } from './curve-layers.ts';

const references = [
  { label: 'perfect judge (pass@N)', style: styles.pass, metric: (n: number) => `baseline/pass_at_${n}` },
  { label: 'majority vote', style: styles.majority, metric: (n: number) => `baseline/majority_at_${n}` },
  { label: 'random choice', style: styles.random, metric: (n: number) => `baseline/random_at_${n}` },
  { label: 'longest response', style: styles.longest, metric: (n: number) => `baseline/longest_at_${n}` },
  { label: 'shortest response', style: styles.shortest, metric: (n: number) => `baseline/shortest_at_${n}` },
  { label: 'untrained head', style: styles.untrained, metric: (n: number) => `baseline/untrained_head_best_of_${n}` },
] as const;

export function bestOfN(task: string, name: string, cells: readonly Cell[]): Figure | null {
  const samples = Math.max(...cells.map((cell) => cell.samples));
  const arms = armSeries(cells, { withMiddle: false });
  const ours = cells.filter((cell) => cell.samples === samples && arms.styleOf(cell) !== null);
  const sizes = unique(
    ours.flatMap((cell) =>
      cell.used.flatMap((trial) =>
        Object.keys(trial.metrics).flatMap((metric) => /^eval\/best_of_(\d+)$/.exec(metric)?.[1] ?? []),
      ),
    ),
  )
    .map(Number)
    .toSorted((a, b) => a - b);
  const rows = markAlone(
    unique(ours.map((cell) => cell.architecture)).flatMap((architecture) =>
      panelRows(
        ours.filter((cell) => cell.architecture === architecture),
        sizes,
        arms.styleOf,
      ),
    ),
  ).map(roundRow);
  if (rows.length === 0) return null;
  const all: readonly Series[] = [...arms.series, ...references.map(({ label, style }) => ({ label, ...style }))];
  const series = all.filter(({ label }) => rows.some((row) => row.series === label));
  const panels = unique(rows.map((row) => row.panel));
  const box = frame(rows, [], [0, 1]);
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: {
      type: 'log',
      base: 2,
      domain: [(sizes[0] as number) / 1.15, (sizes.at(-1) as number) * 1.15],
      nice: false,
    },
    axis: countAxis(sizes, 'N candidates (log scale)'),
  };
  const { color, shape, dash } = seriesScales(series, 'series', null);
  const title = `Best-of-N on ${task} after ${count(samples)} samples`;
  const questions = ours.flatMap((cell) => cell.used.flatMap((trial) => trial.metrics['eval/pool_questions'] ?? []));
  return {
    name,
    task,
    title,
    caption: `${evidenceText(ours, rows, box.isCut)} Expected accuracy over all subsets of N candidates${questions.length > 0 ? ` of ${range(questions)} questions` : ''}, not one draw.${leftOutText(ours)} References need no reward model; pass@N is the most that any could reach.`,
    alt: `Line charts, one for each of ${panels.join(', ')}: accuracy of the chosen candidate on ${task} against N = ${sizes.join(', ')}, one line for each of: ${series.map(({ label }) => label).join('; ')}.`,
    ...arrange(rows, {
      title,
      panels,
      height: 260,
      layers: curveLayers({ x, y: accuracyAxis('accuracy of the chosen answer', box), color, shape, dash, filter: [] }),
    }),
    legend: [{ title: 'chosen by', entries: legendEntries(series, 'line') }],
  };
}

function leftOutText(cells: readonly Cell[]): string {
  const excluded = cells.flatMap((cell) =>
    cell.used.flatMap((trial) =>
      Object.entries(trial.metrics).flatMap(([name, value]) =>
        /^eval\/best_of_\d+_excluded_questions$/.test(name) ? [value] : [],
      ),
    ),
  );
  const most = Math.max(0, ...excluded);
  return most > 0 ? ` Up to ${count(most)} questions have fewer candidates than N and are left out there.` : '';
}

function panelRows(
  cells: readonly Cell[],
  sizes: readonly number[],
  styleOf: (cell: Cell) => Series | null,
): readonly ChartRow[] {
  const panel = cells[0]?.architecture ?? '';
  const measured = sizes.flatMap((n) =>
    cells.flatMap((cell) =>
      chartRows({ panel, series: styleOf(cell)?.label ?? '', x: n }, estimateMetric(cell.used, `eval/best_of_${n}`)),
    ),
  );
  return [
    ...measured,
    ...sizes.flatMap((n) =>
      references.flatMap(({ label, metric }) =>
        chartRows({ panel, series: label, x: n }, referenceEstimate(cells, metric(n), label)),
      ),
    ),
  ];
}

/**
 * References do not depend on training; equal values of all seeds are one value, not a mean with n seeds and no spread.
 */
function referenceEstimate(cells: readonly Cell[], metric: string, label: string): Estimate | null {
  if (label === 'untrained head') return untrained(cells, metric);
  const over = estimateMetric(bySeed(cells.flatMap((cell) => cell.used)), metric);
  return over !== null && over.values.every(({ value }) => value === over.values[0]?.value)
    ? { ...over, n: 1, values: [] }
    : over;
}
