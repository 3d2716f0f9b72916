/** `harness diff A B`: how two stages, trials or experiments differ, in what was asked for and in what came of it. */
import { defaultHeadline } from '../../kinds/metrics.ts';
import { findThing, type MetricOfBoth, type MetricOverSeeds } from '../../record/index.ts';
import type { Cell, TableColumn } from '../../text/index.ts';
import { diffThings, type ThingDiff } from '../diff/diff-things.ts';
import type { CliContext } from '../context.ts';
import { readResults } from '../read-results.ts';

interface DiffFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly metric?: readonly string[];
}

export async function diff(context: CliContext, flags: DiffFlags, first: string, second: string): Promise<void> {
  const resultsFolder = context.resultsFolder(flags.results);
  const found = await readResults(context, resultsFolder, async (database) => {
    const things = [await findThing(database, first), await findThing(database, second)] as const;
    return diffThings(database, things, { resultsFolder, metrics: flags.metric ?? [defaultHeadline] });
  });
  if (flags.json) return context.printJson({ ...found });
  context.print(`A: ${found.kind} ${found.a}\nB: ${found.kind} ${found.b}`);
  for (const [title, columns, rows, empty] of sectionsOf(found)) {
    context.print(`\n${title}`);
    if (rows.length === 0) context.print(empty);
    else context.printTable(columns, rows);
  }
}

type Section = readonly [
  title: string,
  columns: readonly (string | TableColumn)[],
  rows: readonly (readonly Cell[])[],
  empty: string,
];

const right = (name: string): TableColumn => ({ name, align: 'right' });
const left = (name: string): TableColumn => ({ name, align: 'left' });

function sectionsOf(found: ThingDiff): readonly Section[] {
  const config = found.config.map(({ stage, field, a, b }) => [stage, field, inWords(a), inWords(b)]);
  const environment = found.environment.map(({ field, a, b }) => [field, a.join(', '), b.join(', ')]);
  const asked: readonly Section[] = [
    ['config', ['behind', 'field', left('A'), left('B')], config, 'the same'],
    ['environment', ['field', left('A'), left('B')], environment, 'the same, or made by the same stages'],
  ];
  return found.kind === 'experiment' ? [...asked, overSeedsSection(found)] : [...asked, ...measuredSections(found)];
}

function overSeedsSection({ overSeeds }: ThingDiff): Section {
  const columns = ['metric', 'model', 'arm', right('pairs'), 'task', right('samples'), 'labels'];
  return [
    'metrics, paired by seed',
    [...columns, ...['A', 'B', 'B - A', '95 % interval', 'p', 'seeds'].map(right)],
    overSeeds.map(overSeedsRow),
    'no trial in common has this metric',
  ];
}

function overSeedsRow({ axes, metric, a, b, difference }: MetricOverSeeds): readonly Cell[] {
  const { meanDifference, interval, p, n } = difference;
  const { model, arm, pretrain_pairs: pairs, task, samples, declared } = axes;
  const point = [model, arm, pairs, task, samples, declared] as readonly Cell[];
  return [metric, ...point, a, b, signed(meanDifference), rangeOf(interval), p === null ? null : p.toPrecision(2), n];
}

function measuredSections({ data, metrics, items }: ThingDiff): readonly Section[] {
  const common = items?.metrics ?? [];
  return [
    [
      'data',
      ['behind', 'kind', 'A', 'B', 'bytes'],
      data.map(({ stage, kind, a, b, different }) => [stage, kind, a, b, bytesInWords(different)]),
      'made by the same stages',
    ],
    ['metrics', ['metric', ...['A', 'B', 'B - A'].map(right)], metrics.map(metricRow), 'none'],
    [
      'on the same items',
      ['measure', ...['A', 'B', 'B - A', '95 % interval', 'p', 'items'].map(right)],
      common.map(({ name, first, second, difference: { meanDifference, interval, p, n } }) => [
        name,
        second,
        first,
        signed(meanDifference),
        rangeOf(interval),
        p === null ? null : p.toPrecision(2),
        n,
      ]),
      'no item was scored by both',
    ],
  ];
}

const metricRow = ({ name, a, b }: MetricOfBoth): readonly Cell[] => [
  name,
  a,
  b,
  a === null || b === null ? null : signed(b - a),
];

const bytesInWords = (different: readonly string[]): string =>
  different.length === 0 ? 'the same' : `differ: ${different.join(', ')}`;

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toPrecision(3)}`;

const rangeOf = (interval: { readonly low: number; readonly high: number } | null): string | null =>
  interval === null ? null : `${signed(interval.low)} to ${signed(interval.high)}`;

function inWords(value: unknown): string {
  if (value === undefined) return 'not there';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
