/** The tables of a report, as text cells for people and as one flat list of numbers for programs. */
import { fitPowerLaw, type Interval } from '../stats/index.ts';
import { randomStream } from '../random/index.ts';
import { bySeed, pairwiseBaselines, unitText } from './baselines.ts';
import { accuracyMetric, estimateMetric } from './cells.ts';
import { unique } from './compare.ts';
import { armLabel, count, decimal, percent, percentEstimate, points, pointsInterval, pValue } from './format.ts';
import type { ArmPoint, Cell, Comparison, Efficiency, Estimate, NumberRow, Table } from './report-input.ts';
import { ratio } from './efficiency.ts';

export interface Tabulated {
  readonly table: Table;
  readonly numbers: readonly NumberRow[];
}

const armOrder = ['scratch', 'lm-equal-pairs', 'lm-equal-tokens', 'pmp'];

/** Rows of one architecture in reading order: scratch, LM only, PMP by size. */
export function armPoints(cells: readonly Cell[]): readonly ArmPoint[] {
  const points = [
    ...new Map(
      cells.map(({ arm, pretrainPairs, variant }) => [
        JSON.stringify([arm, pretrainPairs, variant]),
        { arm, pretrainPairs, variant },
      ]),
    ).values(),
  ];
  const rank = (arm: string): number => (armOrder.includes(arm) ? armOrder.indexOf(arm) : armOrder.length);
  return points.toSorted(
    (a, b) =>
      rank(a.arm) - rank(b.arm) || a.variant.localeCompare(b.variant, 'en') || a.pretrainPairs - b.pretrainPairs,
  );
}

export const sampleSizes = (cells: readonly Cell[]): readonly number[] =>
  unique(cells.map((cell) => cell.samples)).toSorted((a, b) => a - b);

export function findCell(cells: readonly Cell[], point: ArmPoint, samples: number): Cell | undefined {
  return cells.find(
    (cell) =>
      cell.arm === point.arm &&
      cell.pretrainPairs === point.pretrainPairs &&
      cell.variant === point.variant &&
      cell.samples === samples,
  );
}

export function accuracyTable(task: string, architecture: string, cells: readonly Cell[]): Tabulated {
  const sizes = sampleSizes(cells);
  const numbers: NumberRow[] = [];
  const rows = armPoints(cells).map((point) => [
    armLabel(point, true),
    ...sizes.map((samples) => {
      const cell = findCell(cells, point, samples);
      const estimate = estimateMetric(cell?.used ?? [], accuracyMetric);
      numbers.push(numberRow('accuracy', { task, architecture, point, samples, metric: accuracyMetric }, estimate));
      return estimate === null ? missingText(cell) : percentEstimate(estimate);
    }),
  ]);
  return {
    table: {
      name: `accuracy-${task}-${architecture}`,
      title: `Pairwise accuracy on ${task}, ${architecture}`,
      task,
      columns: ['arm', ...sizes.map((samples) => `${count(samples)} samples`)],
      rows,
      note: 'Percent of test pairs, ties count as wrong: mean [95 % t-interval over seeds, cut at 0 and 100] (number of seeds). One seed has no interval. A dash: not in the sweep.',
    },
    numbers,
  };
}

function missingText(cell: Cell | undefined): string {
  if (cell === undefined) return '\u2013';
  const { counts } = cell;
  const why = (['diverged', 'failed', 'blocked', 'pending'] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${outcome}`);
  return why.length > 0 ? why.join(', ') : 'not measured';
}

export function baselineTable(task: string, cells: readonly Cell[]): Tabulated {
  const baselines = pairwiseBaselines(cells);
  return {
    table: {
      name: `baselines-${task}`,
      title: `Null baselines on ${task}`,
      task,
      columns: ['baseline', 'pairwise accuracy', 'n'],
      rows: baselines.map((row) => [row.label, `${percent(row.mean)}${bracket(row.interval)}`, unitText(row)]),
      note: 'Percent. Rules: 95 % Wilson interval over test pairs. Heads: 95 % t-interval over seeds. Zero-shot: PMP\u2019s own reward head before any finetuning.',
    },
    numbers: baselines.map((row) => ({
      table: 'baselines',
      task,
      architecture: row.architecture ?? '',
      arm: row.point?.arm ?? '',
      variant: row.point?.variant ?? '',
      pretrainPairs: row.point?.pretrainPairs ?? null,
      samples: null,
      metric: row.metric,
      mean: row.mean,
      low: row.interval?.low ?? null,
      high: row.interval?.high ?? null,
      n: row.n,
      method: row.interval?.method ?? 'none',
    })),
  };
}

/** At the largest sample size: whether rewards are tied, how far apart they are, and whether they follow length. */
export function diagnosticsTable(task: string, architecture: string, cells: readonly Cell[]): Tabulated | null {
  const samples = Math.max(...sampleSizes(cells));
  const metrics = [
    ['ties half', 'eval/pairwise_accuracy_half_credit', 'percent'],
    ['tie rate', 'eval/tie_rate', 'percent'],
    ['equal length', 'eval/length_matched_pairwise_accuracy', 'percent'],
    ['one source', 'eval/within_source_pairwise_accuracy', 'percent'],
    ['pairwise loss', 'eval/pairwise_loss', 'decimal'],
    ['mean margin', 'eval/mean_margin', 'decimal'],
    ['reward ~ length (Spearman)', 'eval/reward_length_spearman', 'decimal'],
  ] as const;
  const present = metrics.filter(([, metric]) =>
    cells.some((cell) => cell.used.some((trial) => trial.metrics[metric] !== undefined)),
  );
  if (present.length === 0) return null;
  const numbers: NumberRow[] = [];
  const rows = armPoints(cells).flatMap((point) => {
    const cell = findCell(cells, point, samples);
    if (cell === undefined || cell.used.length === 0) return [];
    return [
      [
        armLabel(point, true),
        ...present.map(([, metric, kind]) => {
          const estimate = estimateMetric(cell.used, metric);
          numbers.push(numberRow('diagnostics', { task, architecture, point, samples, metric }, estimate));
          if (estimate === null) return 'not measured';
          return kind === 'percent' ? percentEstimate(estimate) : decimalEstimate(estimate);
        }),
      ],
    ];
  });
  return {
    table: {
      name: `diagnostics-${task}-${architecture}`,
      title: `What the rewards are like: ${task}, ${architecture}, ${count(samples)} samples`,
      task,
      columns: ['arm', ...present.map(([label]) => label)],
      rows,
      note: 'Mean [95 % t-interval over seeds] (number of seeds). In percent: accuracy with half credit for ties, ties, accuracy on pairs of about equal length, and on pairs whose responses come from one source, where recorded.',
    },
    numbers,
  };
}

/** Accuracy on code pairs that pretraining never saw: whether PMP learned its own task at all. */
export function pretrainTable(cells: readonly Cell[]): Tabulated | null {
  const metric = 'pretrain/heldout_pairwise_accuracy';
  const architectures = unique(cells.map((cell) => cell.architecture));
  const pretrained = armPoints(
    cells.filter((cell) => cell.arm !== 'scratch' && cell.used.some((trial) => trial.metrics[metric] !== undefined)),
  );
  if (pretrained.length === 0) return null;
  const numbers: NumberRow[] = [];
  const rows = pretrained.map((point) => [
    armLabel(point, true),
    ...architectures.map((architecture) => {
      const trials = cells
        .filter(
          (cell) =>
            cell.architecture === architecture &&
            cell.arm === point.arm &&
            cell.pretrainPairs === point.pretrainPairs &&
            cell.variant === point.variant,
        )
        .flatMap((cell) => cell.used);
      const estimate = estimateMetric(bySeed(trials), metric);
      numbers.push(numberRow('pretraining', { task: '', architecture, point, samples: null, metric }, estimate));
      return estimate === null ? '\u2013' : percentEstimate(estimate);
    }),
  ]);
  return {
    table: {
      name: 'pretraining',
      title: 'Held-out code-pair accuracy after pretraining',
      task: null,
      columns: ['arm', ...architectures],
      rows,
      note: 'Percent of code pairs kept out of pretraining: mean [95 % t-interval over seeds] (number of seeds).',
    },
    numbers,
  };
}

export function selectionTable(cells: readonly Cell[]): Table | null {
  const names = unique(cells.flatMap((cell) => cell.used.flatMap((trial) => Object.keys(trial.metrics))))
    .filter((name) => name.startsWith('select/'))
    .toSorted();
  if (names.length === 0) return null;
  const rows = [
    ...new Map(
      cells
        .filter((cell) => cell.used.length > 0)
        .map((cell) => {
          const values = names.map(
            (name) =>
              unique(cell.used.flatMap((trial) => trial.metrics[name] ?? []))
                .map(String)
                .join(', ') || '\u2013',
          );
          return [
            JSON.stringify([cell.task, cell.architecture, cell.arm, cell.variant, values]),
            [cell.task, cell.architecture, armLabel(cell, false), ...values],
          ] as const;
        }),
    ).values(),
  ];
  return {
    name: 'selection',
    title: 'Hyperparameters chosen on the dev split',
    task: null,
    columns: ['task', 'architecture', 'arm', ...names.map((name) => name.slice('select/'.length))],
    rows,
    note: 'Chosen by dev pairwise accuracy; the test split is not looked at.',
  };
}

export function comparisonTable(task: string, comparisons: readonly Comparison[]): Tabulated {
  const rows = comparisons.map((comparison) => {
    const { statistics, itemInterval, adjustedP } = comparison;
    const scope = comparison.samples === null ? 'all sizes' : count(comparison.samples);
    return [
      armLabel(comparison.treatment),
      armLabel(comparison.reference, true),
      comparison.architecture ?? 'all',
      scope,
      statistics === null ? '\u2013' : points(statistics.meanDifference),
      statistics?.interval ? pointsInterval(statistics.interval) : '\u2013',
      itemInterval === null ? '\u2013' : pointsInterval(itemInterval),
      String(comparison.differences.length),
      pValue(statistics?.p ?? null),
      pValue(adjustedP),
      pValue(statistics?.signFlipP ?? null),
      typeof statistics?.detectable === 'number' ? percent(statistics.detectable) : '\u2013',
      readingNames[comparison.reading],
    ];
  });
  return {
    table: {
      name: `comparisons-${task}`,
      title: `All paired comparisons on ${task}`,
      task,
      columns: [
        'arm',
        'against',
        'architecture',
        'samples',
        'difference',
        'over seeds',
        'over seeds and test pairs',
        'n',
        'p',
        'adjusted p',
        'sign-flip p',
        'detectable',
        'reading',
      ],
      rows,
      note: 'Differences in points of pairwise accuracy, paired by seed. "over seeds": 95 % t-interval. "over seeds and test pairs": 95 % crossed bootstrap. p: paired t-test; adjusted: Holm, over all comparisons of the same kind (all sizes; one size; one size and architecture). Sign-flip p is exact and cannot go below 2/2^n (0.25 for three seeds). Detectable: the difference found with 80 % power at the 5 % level, before adjustment. Beyond noise = adjusted p < 0.05 and, where recorded, the interval over test pairs leaves out 0.',
    },
    numbers: comparisons.map((comparison) => ({
      table: 'comparisons',
      task,
      architecture: comparison.architecture ?? 'all',
      arm: `${comparison.treatment.arm} - ${comparison.reference.arm}`,
      variant: comparison.treatment.variant,
      pretrainPairs: comparison.treatment.pretrainPairs,
      samples: comparison.samples,
      metric: 'difference of eval/pairwise_accuracy',
      mean: comparison.statistics?.meanDifference ?? null,
      low: comparison.statistics?.interval?.low ?? null,
      high: comparison.statistics?.interval?.high ?? null,
      n: comparison.differences.length,
      method: comparison.statistics?.interval?.method ?? 'none',
    })),
  };
}

export const readingNames: Readonly<Record<Comparison['reading'], string>> = {
  better: 'better, beyond noise',
  worse: 'worse, beyond noise',
  'not-distinguishable': 'within noise',
  'no-claim': 'no claim',
  missing: 'not comparable',
};

export function efficiencyTable(task: string, efficiency: readonly Efficiency[]): Table | null {
  if (efficiency.length === 0) return null;
  return {
    name: `sample-efficiency-${task}`,
    title: `Sample efficiency on ${task}`,
    task,
    columns: ['architecture', 'PMP arm', 'samples', 'accuracy', 'from scratch needs', 'ratio', 'ratio, seed by seed'],
    rows: efficiency.map((row) => [
      row.architecture,
      armLabel(row.treatment),
      count(row.samples),
      percent(row.accuracy),
      row.scratchSamples === null
        ? 'not reached'
        : `${row.isBelow ? '\u2264 ' : ''}${count(Math.round(row.scratchSamples))}`,
      row.scratchSamples === null
        ? 'not reached'
        : `${row.isBelow ? '\u2264 ' : ''}${ratio(row.scratchSamples / row.samples)}`,
      row.seedRatios.map((seed) => (seed.ratio === null ? 'not reached' : ratio(seed.ratio))).join(', '),
    ]),
    note: 'Samples at which the mean curve from scratch is as accurate, interpolated linearly in log samples, never extrapolated. A ratio above 1 means that PMP saves samples. A point estimate: the spread is in the last column.',
  };
}

/**
 * Does accuracy follow a power law in PMP pairs? At the largest sample size, PMP trials only (0 pairs has no place on a
 * power law).
 */
export function scalingTable(task: string, cells: readonly Cell[]): Table | null {
  const samples = Math.max(...sampleSizes(cells));
  const rows = unique(cells.map((cell) => cell.architecture)).flatMap((architecture) => {
    const pmp = cells.filter(
      (cell) => cell.arm === 'pmp' && cell.architecture === architecture && cell.samples === samples,
    );
    return unique(pmp.map((cell) => cell.variant)).flatMap((variant) => {
      const data = pmp
        .filter((cell) => cell.variant === variant)
        .flatMap((cell) =>
          cell.used.map((trial) => ({ x: cell.pretrainPairs, y: trial.metrics[accuracyMetric] as number })),
        );
      if (data.length === 0) return [];
      const fit = fitPowerLaw(data, { uniform: randomStream(0, 'report', 'power-law', task, architecture).uniform });
      const label = variant === '' ? architecture : `${architecture} (${variant})`;
      if (fit.kind === 'no-fit') return [[label, `no fit: ${fit.reason}`, '\u2013', String(fit.n), '\u2013']];
      return [
        [
          label,
          `${percent(fit.a)} ${fit.b < 0 ? '\u2212' : '+'} ${decimal(100 * Math.abs(fit.b), 1)} \u00b7 pairs^(\u2212${decimal(fit.c, 2)})`,
          fit.exponentInterval === null
            ? '\u2013'
            : `[${decimal(fit.exponentInterval.low, 2)}, ${decimal(fit.exponentInterval.high, 2)}]`,
          String(fit.n),
          percent(fit.residual),
        ],
      ];
    });
  });
  return rows.length === 0
    ? null
    : {
        name: `scaling-${task}`,
        title: `Power law in PMP pairs: ${task}, ${count(samples)} samples`,
        task,
        columns: ['architecture', 'accuracy in percent', 'exponent, 95 % interval', 'n', 'residual, points'],
        rows,
        note: 'A law is shown only where it predicts left-out sizes better than a constant. n = trials; interval by percentile bootstrap over trials, which share pretraining runs, so it is if anything too narrow.',
      };
}

function numberRow(
  table: string,
  at: { task: string; architecture: string; point: ArmPoint; samples: number | null; metric: string },
  estimate: Estimate | null,
): NumberRow {
  const { point, ...rest } = at;
  return {
    table,
    ...rest,
    arm: point.arm,
    variant: point.variant,
    pretrainPairs: point.pretrainPairs,
    mean: estimate?.mean ?? null,
    low: estimate?.interval?.low ?? null,
    high: estimate?.interval?.high ?? null,
    n: estimate?.n ?? 0,
    method: estimate?.interval?.method ?? 'none',
  };
}

const bracket = (interval: Interval | null): string =>
  interval === null ? '' : ` [${percent(interval.low)}, ${percent(interval.high)}]`;
const decimalEstimate = ({ mean, interval, n }: Estimate): string =>
  `${decimal(mean, 3)}${interval === null ? '' : ` [${decimal(interval.low, 3)}, ${decimal(interval.high, 3)}]`} (${n})`;
