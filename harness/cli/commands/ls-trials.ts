/** `harness ls trials`: final metrics by trial, or (the default) over seeds as mean, interval and n. */
import { groupTrials, listEvaluationMetrics, listMetrics, listTrials } from '../../record/index.ts';
import type { ResultsDatabase, Row } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { readResults } from '../read-results.ts';
import { camelRow } from '../output/json-keys.ts';
import { outcomeColumn } from '../output/outcome.ts';
import { metricLookup } from '../../kinds/metrics.ts';
import type { Cell } from '../../text/index.ts';
import { requireRows } from './require-rows.ts';

interface TrialFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly experiment?: string;
  readonly seeds: boolean;
  readonly metric?: readonly string[];
}

interface TrialEntry {
  readonly columns: Row;
  readonly metrics: Readonly<
    Record<string, number | { readonly mean: number; readonly halfWidth: number | null; readonly n: number }>
  >;
}

const axisTitles = ['experiment', 'model', 'arm', 'pretrain_pairs', 'task', 'samples'] as const;

export async function lsTrials(context: CliContext, flags: TrialFlags): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const { metrics, entries } = await readResults(context, folder, async (database) => {
    const metrics = await chosenMetrics(database, flags);
    return {
      metrics,
      entries: flags.seeds ? await bySeed(database, flags, metrics) : await overSeeds(database, flags, metrics),
    };
  });
  requireRows(entries, 'trials', folder);
  if (flags.json)
    return context.printJson({
      trials: entries.map((entry) => ({ ...camelRow(entry.columns), metrics: entry.metrics })),
    });
  const details = flags.seeds ? ['trial_id', 'seed', 'outcome'] : ['trials', 'completed'];
  const titles = [...axisTitles, ...details];
  context.printTable(
    [
      ...titles.map((title) => (title === 'outcome' ? outcomeColumn : { name: title, isImportant: title === 'arm' })),
      ...metrics.map((name) => ({ name, align: 'right', isImportant: true }) as const),
    ],
    entries.map((entry) => [
      ...titles.map((title) => entry.columns[title] as Cell),
      ...metrics.map((name) => metricCell(name, entry.metrics[name])),
    ]),
  );
}

/** Without `--metric`: the accuracy on test pairs and best-of-N at the largest N, where they were measured. */
async function chosenMetrics(database: ResultsDatabase, flags: TrialFlags): Promise<readonly string[]> {
  if (flags.metric !== undefined) return knownMetrics(database, flags.metric, flags.experiment);
  const known = await listEvaluationMetrics(database, flags.experiment);
  const bestOf = known.flatMap((name) => /^eval\/best_of_(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return ['eval/pairwise_accuracy', `eval/best_of_${Math.max(0, ...bestOf)}`].filter((name) => known.includes(name));
}

async function knownMetrics(
  database: ResultsDatabase,
  asked: readonly string[],
  experiment: string | undefined,
): Promise<readonly string[]> {
  const known = (await listMetrics(database, experiment)).map((row) => String(row['metric']));
  const unknown = asked.find((metric) => !known.includes(metric));
  if (unknown === undefined) return asked;
  throw new UserError(`no trial has a final metric ${JSON.stringify(unknown)}`, {
    exitCode: 5,
    hint:
      known.length === 0
        ? 'No trial has final metrics yet.'
        : `There are: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ... (`harness ls metrics`)' : ''}`,
  });
}

async function bySeed(
  database: ResultsDatabase,
  flags: TrialFlags,
  metrics: readonly string[],
): Promise<readonly TrialEntry[]> {
  const rows = await listTrials(database, { ...experimentOf(flags), metrics });
  return rows.map((row) => ({
    columns: Object.fromEntries(Object.entries(row).filter(([name]) => !metrics.includes(name))),
    metrics: Object.fromEntries(metrics.flatMap((name) => (typeof row[name] === 'number' ? [[name, row[name]]] : []))),
  }));
}

/** Rows come one a metric, in the order of the groups. */
async function overSeeds(
  database: ResultsDatabase,
  flags: TrialFlags,
  metrics: readonly string[],
): Promise<readonly TrialEntry[]> {
  const groups = new Map<
    string,
    { columns: Row; metrics: Record<string, { mean: number; halfWidth: number | null; n: number }> }
  >();
  for (const { metric, mean, half_width: halfWidth, n, position, ...columns } of await groupTrials(database, {
    ...experimentOf(flags),
    metrics,
  })) {
    const key = `${String(columns['experiment'])} ${String(position)}`;
    const group = groups.get(key) ?? { columns, metrics: {} };
    if (metric !== null)
      group.metrics[String(metric)] = {
        mean: Number(mean),
        halfWidth: halfWidth === null ? null : Number(halfWidth),
        n: Number(n),
      };
    groups.set(key, group);
  }
  return [...groups.values()];
}

const experimentOf = (flags: TrialFlags): { experiment?: string } =>
  flags.experiment === undefined ? {} : { experiment: flags.experiment };

/** More would be noise; --json has them in full. */
const decimals = 3;

/** Values as they are, means with their 95 % interval: within what the metric can be, where that has an end. */
function metricCell(name: string, metric: TrialEntry['metrics'][string] | undefined): string | null {
  if (metric === undefined) return null;
  if (typeof metric === 'number') return metric.toFixed(decimals);
  const { mean, halfWidth, n } = metric;
  const [least, most] = rangeOf(name);
  const ends = halfWidth === null ? [] : [Math.max(least, mean - halfWidth), Math.min(most, mean + halfWidth)];
  return `${mean.toFixed(decimals)}${ends.length === 0 ? '' : ` [${ends.map((end) => end.toFixed(decimals)).join(', ')}]`} (${n})`;
}

/** What a metric can be at all. An interval of few seeds may reach beyond it, and is cut there. */
function rangeOf(name: string): readonly [least: number, most: number] {
  const { unit } = describeMetric(name);
  if (unit === 'share') return [0, 1];
  if (unit === 'correlation') return [-1, 1];
  return unit === 'reward' || unit === 'number' ? [-Infinity, Infinity] : [0, Infinity];
}

const describeMetric = metricLookup();
