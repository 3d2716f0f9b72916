/** Judged scores as people read them: shares in percent with their intervals, beside what needs no model. */
import { isShownN, type Estimate, type JudgedReport, type PairMeasure, type PoolMeasure } from '../../judged/index.ts';
import { count, plural, type Cell, type TableColumn } from '../../text/index.ts';
import type { CliContext } from '../context.ts';

export const percent = (share: number): string => (100 * share).toFixed(2);

export function interval({ interval: ends }: Pick<Estimate, 'interval'>): string | null {
  return ends === null ? null : `${percent(ends.low)} to ${percent(ends.high)}`;
}

/** Tables of pairs, pool, sections and the benchmark's own scores, as far as there are any. */
export function printJudged(context: CliContext, model: string, report: JudgedReport): void {
  const { pairs, pool, sections, benchmark } = report;
  if (pairs !== null) printPairs(context, model, pairs);
  if (pool !== null) printPool(context, model, pool, metricIn(report));
  if (sections.length > 0) printSections(context, sections);
  if (benchmark.length > 0) printBenchmark(context, model, benchmark);
  const lines = countLines(report);
  if (lines.length > 0) context.print(lines.join('\n'));
}

const right = (name: string): TableColumn => ({ name, align: 'right' });

function printPairs(context: CliContext, model: string, pairs: PairMeasure): void {
  const row = (name: string, estimate: Estimate): readonly Cell[] => [
    name,
    percent(estimate.value),
    interval(estimate),
    count(estimate.n),
  ];
  context.print(`${plural(pairs.pairs, 'pair')} in ${plural(pairs.groups, 'group')}`);
  context.printTable(
    ['', right('accuracy %'), right('95 % interval'), right('n')],
    [
      row(model, pairs.accuracy),
      row('  half credit for ties', pairs.halfCredit),
      ...(pairs.withinSource === null ? [] : [row('  within one source', pairs.withinSource)]),
      ...pairs.baselines.map(({ name, estimate }) => row(name, estimate)),
    ],
  );
  const { tieRate, meanMargin, loss } = pairs;
  context.print(`ties ${percent(tieRate)} %, mean margin ${meanMargin.toFixed(4)}, log-loss ${loss.toFixed(4)}\n\n`);
}

/** By its name without the phase; undefined where it is not measured. */
type MetricIn = (name: string) => number | undefined;

function metricIn({ metrics }: JudgedReport): MetricIn {
  const values = new Map(metrics.map(({ name, value }) => [name, value]));
  return (name) => values.get(`eval/${name}`);
}

function printPool(context: CliContext, model: string, pool: PoolMeasure, metric: MetricIn): void {
  const { least, most } = pool.candidates;
  const shown = pool.bestOf.filter(({ N }) => isShownN(N, most));
  const options = least === most ? `${most}` : `${least} to ${most}`;
  context.print(`${plural(pool.questions, 'question')} with ${options} candidates: % right, the pick of N at random`);
  context.printTable(
    ['', ...shown.map(({ N }) => right(`N = ${N}`)), right('all')],
    [...modelRows(model, pool, shown), ...voteRow(pool, shown, metric), ...otherRows(pool, shown)],
  );
  context.print(
    `alone on top ${percent(pool.alone.value)} % (${interval(pool.alone) ?? 'no interval'}), ` +
      `mean reciprocal rank ${percent(pool.meanReciprocalRank)} %\n\n`,
  );
}

type Shown = PoolMeasure['bestOf'];
type Rows = readonly (readonly Cell[])[];

function modelRows(model: string, { ofAll }: PoolMeasure, shown: Shown): Rows {
  const estimates = [...shown.map((one) => one.model), ofAll];
  const ends = (end: 'low' | 'high'): readonly Cell[] =>
    estimates.map(({ interval: found }) => (found === null ? null : percent(found[end])));
  return [
    [model, ...estimates.map(({ value }) => percent(value))],
    ['  95 % interval from', ...ends('low')],
    ['  to', ...ends('high')],
  ];
}

/** What needs no model, and how many questions a column is over where they are not all. */
function otherRows({ baselines, questions }: PoolMeasure, shown: Shown): Rows {
  const valuesOf = (name: string): readonly Cell[] =>
    shown.map((one) => percentOrNull(one.baselines.find((baseline) => baseline.name === name)?.value));
  const rows = baselines.map(({ name, estimate }) => [name, ...valuesOf(name), percent(estimate.value)]);
  if (shown.every(({ excluded }) => excluded === 0)) return rows;
  return [...rows, ['questions', ...shown.map((one) => count(one.questions)), count(questions)]];
}

/** Of the answers, each weighing as much as the scores behind it; none where there are no answers. */
function voteRow({ baselines }: PoolMeasure, shown: Shown, metric: MetricIn): Rows {
  if (!baselines.some(({ name }) => name === 'majority')) return [];
  return [['  score-weighted vote', ...shown.map(({ N }) => percentOrNull(metric(`weighted_vote_at_${N}`))), null]];
}

const percentOrNull = (value: number | undefined): string | null =>
  value === undefined || !Number.isFinite(value) ? null : percent(value);

function printSections(context: CliContext, sections: JudgedReport['sections']): void {
  const rows = sections.flatMap(({ section, pairs, pool }) => [
    ...(pairs === null ? [] : [sectionRow(section, 'pairs', pairs.accuracy, pairs.baselines)]),
    ...(pool === null ? [] : [sectionRow(section, 'best of all', pool.ofAll, pool.baselines)]),
  ]);
  const columns = ['section', '', right('right %'), right('95 % interval'), right('random'), right('longest')];
  context.printTable([...columns, right('n')], rows);
  context.print('');
}

function sectionRow(
  section: string,
  what: string,
  estimate: Estimate,
  baselines: PairMeasure['baselines'],
): readonly Cell[] {
  const of = (name: string): string | null => percentOrNull(baselines.find((one) => one.name === name)?.estimate.value);
  return [section, what, percent(estimate.value), interval(estimate), of('random'), of('longest'), count(estimate.n)];
}

function printBenchmark(context: CliContext, model: string, benchmark: JudgedReport['benchmark']): void {
  context.printTable(
    [
      "the benchmark's own scores",
      right(model),
      right('95 % interval'),
      right('random'),
      right('longest'),
      right('shortest'),
    ],
    benchmark.map(({ name, value, interval: range, baselines }) => [
      name,
      scoreText(value),
      range === null ? null : `${range.low.toFixed(4)} to ${range.high.toFixed(4)}`,
      ...['random', 'longest', 'shortest'].map((ranker) => scoreText(baselines[ranker])),
    ]),
  );
  context.print('');
}

/** A score, or a number of things. */
function scoreText(value: number | undefined): string | null {
  if (value === undefined) return null;
  return Number.isInteger(value) && value > 1 ? count(value) : value.toFixed(4);
}

/** What a reader of the shares must know besides. */
function countLines({ counts, unscoredSets, areAllEqual, lengthUnit }: JudgedReport): readonly string[] {
  const { missing, extra, nonFinite, ungraded, roundedTies } = counts;
  const told: readonly (readonly [boolean, string])[] = [
    [nonFinite > 0, `${plural(nonFinite, 'score')} not finite: the model is broken, and nothing is concluded`],
    [areAllEqual, 'all scores are equal: nothing was ranked'],
    [missing > 0, `${plural(missing, 'pair or question', 'pairs and questions')} without scores left out`],
    [extra > 0, `${plural(extra, 'entry', 'entries')} of the file not in this task and split, passed over`],
    [ungraded > 0, `${plural(ungraded, 'response')} ungraded, counted as wrong`],
    [roundedTies > 0, `${plural(roundedTies, 'pair')} tied only because scores are kept as float32`],
    [lengthUnit === null, 'lengths are not known: no rankers by length'],
    [lengthUnit === 'characters', 'lengths in characters'],
  ];
  const sets = unscoredSets.map((set) => `no scores for the ${set === 'pairs' ? 'pairs' : 'questions'} of the task`);
  return [...told.flatMap(([isSo, line]) => (isSo ? [line] : [])), ...sets];
}
