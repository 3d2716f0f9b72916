/** A plan as text for people: what would run, what it costs, and why. */
import type { Arm } from '../kinds/index.ts';
import { firstOfItsKind, willRun, type StageStatus } from './explain-plan.ts';
import type { PlanExpectation } from './expectation.ts';
import {
  count as counted,
  formatDuration,
  formatTable,
  plural,
  wrap,
  type FormatTableOptions,
  type TableColumn,
} from '../text/index.ts';
import { absentLines } from './absent-data.ts';
import { bytesInWords, formatExpectation } from './format-expectation.ts';
import { formatPrice } from './price/format-price.ts';
import type { PlanPrice } from './price/price-plan.ts';
import type { StageTime } from './predict-time.ts';
import type { Plan, PlannedStage } from './stage.ts';
import { stages } from '../stages/index.ts';
import { stageName, stageNames } from './stage-names.ts';
import type { StageName } from './stage.ts';
import { startLines } from './start-lines.ts';
import { trainingLines } from './training-lines.ts';

/** `arms`: those of the experiment, whose names stages bear. `price` on accelerators, and what data were not here. */
type FormatPlanOptions = FormatTableOptions & {
  readonly arms?: readonly Arm[];
  readonly price?: PlanPrice | null;
  readonly absent?: readonly string[];
};

const shownReasons = 12;
const stageKinds = Object.keys(stages) as readonly StageName[];

/** @param statuses From `explainPlan`. Lines joined by newlines, within `options.width`. */
export function formatPlan(
  plan: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null = null,
  options: FormatPlanOptions = {},
): string {
  const { price = null, absent = [] } = options;
  const prose = [
    ...absentLines(absent),
    ...(price === null ? [] : formatPrice(plan, price, options)),
    ...(expectation === null
      ? []
      : formatExpectation(
          expectation,
          (id) => willRun(statuses, id),
          (id) => stageName(plan, id, options),
        )),
    ...startLines(plan.stages),
    ...trainingLines(plan.stages),
    ...reasonLines(plan, statuses),
    ...trialLines(plan),
  ];
  return [
    `${plan.experiment}: ${plural(plan.trials.length, 'trial')}, ${plural(plan.stages.length, 'stage')}`,
    ...wrapped(plan.question, options),
    '',
    stageTable(plan, statuses, expectation, options),
    '',
    ...prose.flatMap((line) => wrapped(line, options)),
  ].join('\n');
}

function wrapped(line: string, { width = null }: FormatTableOptions): readonly string[] {
  return width === null ? [line] : wrap(line, width, line.startsWith(' ') ? '    ' : '  ');
}

/** Every stage and every trial on a line of its own: what `formatPlan` sums up. Estimated numbers begin with ~. */
export function formatStagesAndTrials(
  plan: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null = null,
  options: FormatPlanOptions = {},
): string {
  return `${everyStage(plan, statuses, expectation, options)}\n\n${everyTrial(plan, options)}`;
}

function everyStage(
  plan: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null,
  options: FormatPlanOptions,
): string {
  const names = stageNames(plan, options);
  const rows = plan.stages.map(({ id, config, cost }) => {
    const { status, reason } = statuses.get(id) ?? { status: 'run', reason: '' };
    const { steps, paramsTotal, trainFlops } = cost;
    const isGuessed = 'budget' in config && 'tokensOfPairs' in config.budget;
    return [
      id,
      names.get(id),
      status,
      steps === null ? null : `${isGuessed ? '~' : ''}${steps}`,
      paramsTotal === null ? null : String(paramsTotal),
      trainFlops === null ? null : `${cost.isEstimate ? '~' : ''}${trainFlops.toExponential(1)}`,
      ...(expectation === null ? [] : [timeOf(expectation.stages.get(id)), memoryOf(expectation.memory.get(id))]),
      reason,
    ];
  });
  const expected = expectation === null ? [] : ['time', 'memory'].map(toTheRight);
  const costs = ['steps', 'params', 'train FLOPs'].map(toTheRight);
  const name = { name: 'name', isImportant: true };
  return formatTable(['stage', name, 'status', ...costs, ...expected, { name: 'why', align: 'left' }], rows, options);
}

function everyTrial({ trials }: Plan, options: FormatTableOptions): string {
  const rows = trials.map(({ id, seed, axes, evaluate }) => [
    id,
    seed,
    axes.model,
    axes.arm,
    axes.pretrainPairs,
    axes.task,
    axes.samples,
    evaluate,
  ]);
  const columns = ['trial', 'seed', 'model', 'arm', 'pretrain pairs', 'task', 'samples', 'ends in'];
  return formatTable(columns, rows, options);
}

const toTheRight = (name: string): TableColumn => ({ name, align: 'right' });

function stageTable(
  { stages }: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null,
  options: FormatTableOptions,
): string {
  const byKind = new Map<StageName, PlannedStage[]>();
  for (const stage of stages) {
    const ofKind = byKind.get(stage.kind);
    if (ofKind === undefined) byKind.set(stage.kind, [stage]);
    else ofKind.push(stage);
  }
  const costs = ['steps to run', 'params', 'train FLOPs to run'];
  const expected = expectation === null ? [] : ['time to run', 'memory'];
  const header = ['stage', ...['count', 'run', 'cached', 'blocked', ...costs, ...expected].map(toTheRight)];
  const rows = stageKinds.flatMap((kind) => {
    const ofKind = byKind.get(kind);
    return ofKind === undefined ? [] : [stageRow(kind, ofKind, statuses, expectation)];
  });
  return formatTable(header, [...rows, stageRow('total', stages, statuses, expectation)], options);
}

function stageRow(
  title: string,
  stages: readonly PlannedStage[],
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null,
): readonly string[] {
  const count = (status: StageStatus['status']): number =>
    stages.filter(({ id }) => statuses.get(id)?.status === status).length;
  const toRun = stages.filter(({ id }) => willRun(statuses, id));
  return [
    title,
    String(stages.length),
    String(toRun.length),
    String(count('cached')),
    String(count('blocked')),
    total(
      toRun.map(({ cost }) => cost.steps),
      counted,
    ),
    paramRange(stages.flatMap(({ cost }) => cost.paramsTotal ?? [])),
    total(
      toRun.map(({ cost }) => cost.trainFlops),
      (flops) => `${toRun.some(({ cost }) => cost.isEstimate) ? '~' : ''}${flops.toExponential(1)}`,
    ),
    ...(expectation === null ? [] : expectedCells(toRun, expectation)),
  ];
}

function expectedCells(
  toRun: readonly PlannedStage[],
  { stages, memory }: PlanExpectation,
): readonly [time: string, memory: string] {
  const seconds = toRun.map(({ id }) => stages.get(id)?.seconds ?? null);
  const bytes = toRun.flatMap(({ id }) => memory.get(id) ?? []);
  return [total(seconds, (sum) => formatDuration(1000 * sum)), bytes.length === 0 ? '-' : bytesInWords(largest(bytes))];
}

/** A plan has more stages than a call takes arguments. */
const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), -Infinity);
const smallest = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);

function timeOf(time: StageTime | undefined): string {
  return time === undefined ? '-' : `${formatDuration(1000 * time.seconds)} (${time.basis.level})`;
}

function memoryOf(bytes: number | undefined): string {
  return bytes === undefined ? '-' : bytesInWords(bytes);
}

function total(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '-' : format(known.reduce((sum, value) => sum + value, 0));
}

function paramRange(params: readonly number[]): string {
  if (params.length === 0) return '-';
  const [least, most] = [smallest(params), largest(params)];
  return least === most ? short(most) : `${short(least)}-${short(most)}`;
}

function short(value: number): string {
  if (value < 1e3) return String(value);
  return value < 1e6 ? `${(value / 1e3).toFixed(0)}k` : `${(value / 1e6).toFixed(1)}M`;
}

/** Equal reasons once, with their number; ids are left out, so that a changed input of a hundred stages is one line. */
function reasonLines({ stages }: Plan, statuses: ReadonlyMap<string, StageStatus>): readonly string[] {
  const counts = new Map<string, number>();
  const newKinds: string[] = [];
  for (const { id, kind } of stages) {
    const status = statuses.get(id);
    if (status === undefined || status.reason === 'done') continue;
    if (status.reason === firstOfItsKind) {
      newKinds.push(kind);
      continue;
    }
    const line =
      `${kind} ${status.status}: ` +
      `${status.reason.replaceAll(/ \((none|[a-z]+-[0-9a-f]{12})( -> (none|[a-z]+-[0-9a-f]{12}))?\)/g, '')}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  if (counts.size === 0 && newKinds.length === 0) return ['Nothing to do.', ''];
  const lines = [...counts].sort(([, a], [, b]) => b - a).map(([line, count]) => `  ${count} x ${line}`);
  const hidden = lines.length - shownReasons;
  return [
    'Why:',
    ...newKindLines(newKinds, stages.length),
    ...lines.slice(0, shownReasons),
    ...(hidden > 0 ? [`  and ${plural(hidden, 'more reason')} (--json has all)`] : []),
    '',
  ];
}

function newKindLines(kinds: readonly string[], total: number): readonly string[] {
  if (kinds.length === 0) return [];
  if (kinds.length === total) return ['  nothing of this experiment is done yet'];
  return [`  ${kinds.length} x ${[...new Set(kinds)].join(', ')} run: ${firstOfItsKind}`];
}

function trialLines({ trials, excluded, duplicates }: Plan): readonly string[] {
  const arms = new Map<string, number>();
  for (const { axes } of trials) arms.set(axes.arm, (arms.get(axes.arm) ?? 0) + 1);
  const byRule = new Map<string, number>();
  for (const { rule } of excluded) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  return [
    `Trials: ${[...arms].map(([arm, count]) => `${count} ${arm}`).join(', ')}.`,
    ...[...byRule].map(([rule, count]) => `Left out: ${plural(count, 'point')} by ${rule}.`),
    ...(duplicates > 0
      ? [`Kept once: ${plural(duplicates, 'trial')} that ${duplicates === 1 ? 'equals' : 'equal'} another one.`]
      : []),
  ];
}
