/**
 * RM accuracy against the number of PMP pairs: the scaling curve. One line an architecture, one panel a sample size; 0
 * pairs is training from scratch.
 */
import { accuracyMetric, estimateMetric } from '../cells.ts';
import { unique } from '../compare.ts';
import { armName, count } from '../format.ts';
import type { Cell, Figure } from '../report-input.ts';
import {
  accuracyAxis,
  arrange,
  chanceLayers,
  chartRows,
  countAxis,
  evidenceText,
  filtered,
  frame,
  legendEntries,
  markAlone,
  roundRow,
  seriesScales,
  type ChartRow,
  type Series,
} from './chart-kit.ts';
import { architectureColors, styles } from './chart-theme.ts';
import { curveLayers } from './curve-layers.ts';

const curve = 'scratch and PMP';
const lmArms = ['lm-equal-pairs', 'lm-equal-tokens'] as const;
/** LM-only arms stand beside the PMP point of their budget, not on top of it. */
const offsets = { 'lm-equal-pairs': 9, 'lm-equal-tokens': 18 };

export function accuracyByPmpPairs(task: string, name: string, cells: readonly Cell[]): Figure | null {
  const sizes = unique(cells.map((cell) => cell.samples)).toSorted((a, b) => a - b);
  const panelOf = (samples: number): string => `${count(samples)} samples`;
  const lines = unique(cells.map((cell) => lineName(cell, cells)));
  const rows = rowsOf(cells, (cell) => ({ panel: panelOf(cell.samples), series: lineName(cell, cells) }));
  if (rows.length === 0) return null;
  const colors = lines.map((label, i): Series => ({
    label,
    color: architectureColors[i % architectureColors.length] as string,
    shape: 'circle',
    dash: [1, 0],
  }));
  const present = lmArms.filter((arm) => cells.some((cell) => cell.arm === arm));
  const marks = [
    { ...styles.scratch, label: curve },
    ...present.map((arm): Series => ({ ...styles[arm], label: armName(arm) })),
  ];
  const pairs = unique([0, ...cells.map((cell) => cell.pretrainPairs)]).toSorted((a, b) => a - b);
  const box = frame(rows, [0.5], [0, 1]);
  const panels = sizes.map(panelOf).filter((panel) => rows.some((row) => row.panel === panel));
  const title = `Pairwise accuracy on ${task} by pretraining pairs`;
  return {
    name,
    task,
    title,
    caption: captionOf(cells, rows, present.length > 0, box.isCut),
    alt: `Line charts, one for each of ${panels.length} sample sizes: pairwise accuracy on ${task} against pretraining pairs from 0 to ${count(pairs.at(-1) as number)}, one line for each of ${lines.join(', ')}.`,
    ...arrange(rows, {
      title,
      panels,
      layers: layersOf({ colors, marks, pairs, y: accuracyAxis('pairwise accuracy (test)', box) }),
    }),
    legend: [
      { title: 'architecture', entries: legendEntries(colors, 'color') },
      { title: 'arm', entries: legendEntries(marks, 'shape') },
    ],
  };
}

/** Variants of PMP (an ablation) are lines of their own; arms that do not vary belong to the plain line. */
function lineName(cell: Cell, cells: readonly Cell[]): string {
  const variants = unique(cells.filter((other) => other.arm === 'pmp').map((other) => other.variant));
  return cell.variant === '' || variants.length < 2 ? cell.architecture : `${cell.architecture}, ${cell.variant}`;
}

function rowsOf(cells: readonly Cell[], place: (cell: Cell) => { panel: string; series: string }): readonly ChartRow[] {
  return markAlone(
    cells.flatMap((cell) => {
      const isLm = lmArms.some((arm) => arm === cell.arm);
      return chartRows(
        { ...place(cell), mark: isLm ? armName(cell.arm) : curve, x: cell.pretrainPairs },
        estimateMetric(cell.used, accuracyMetric),
      );
    }),
  ).map(roundRow);
}

function layersOf({
  colors,
  marks,
  pairs,
  y,
}: {
  colors: readonly Series[];
  marks: readonly Series[];
  pairs: readonly number[];
  y: Figure['spec'];
}): readonly Figure['spec'][] {
  const smallest = pairs[1] ?? 1;
  // A log axis has no 0. Linear below half the smallest budget, logarithmic above: 0 stands clearly apart, and
  // doublings are equally far from each other.
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: {
      type: 'symlog',
      constant: smallest / 2,
      domain: [0, pairs.at(-1)],
      nice: false,
      padding: marks.length > 1 ? 24 : 10,
    },
    axis: countAxis(pairs, 'pretraining pairs (0 = from scratch)'),
  };
  const { color } = seriesScales(colors, 'series', 'architecture');
  const { shape } = seriesScales(marks, 'mark', 'arm');
  const lm = Object.entries(offsets).flatMap(([arm, xOffset]) => {
    const own = `datum.mark === '${armName(arm)}'`;
    return [
      {
        transform: filtered(own, "datum.role === 'mean'", 'isValid(datum.low)'),
        mark: { type: 'rule', xOffset, strokeWidth: 1.5, opacity: 0.7 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      {
        transform: filtered(own, "datum.role === 'seed'"),
        mark: { type: 'point', filled: true, size: 14, opacity: 0.45, xOffset },
        encoding: { x, y, color, shape },
      },
      {
        transform: filtered(own, "datum.role === 'mean'"),
        mark: { type: 'point', filled: true, size: 62, opacity: 1, xOffset },
        encoding: { x, y, color, shape },
      },
    ];
  });
  return [
    ...chanceLayers(y),
    ...curveLayers({ x, y, color, shape, dash: null, filter: [`datum.mark === '${curve}'`] }),
    ...(marks.length > 1 ? lm : []),
  ];
}

function captionOf(cells: readonly Cell[], rows: readonly ChartRow[], hasLm: boolean, isCut: boolean): string {
  const lm = hasLm
    ? ' Arms pretrained on the language-model loss alone stand beside the PMP point of their budget (equal pairs, or the tokens of as many pairs).'
    : '';
  return `${evidenceText(cells, rows, isCut)}${lm} Horizontal axis linear near 0, logarithmic beyond.`;
}
