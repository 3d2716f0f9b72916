/** A plan as text for people: what would run, what it costs, and why. */
import { firstOfItsKind, willRun, type StageStatus } from './explain-plan.ts';
import type { PlanExpectation } from './expectation.ts';
import { bytesInWords, duration, formatExpectation } from './format-expectation.ts';
import type { StageTime } from './predict-time.ts';
import type { Plan, PlannedStage } from './stage.ts';
import { stages } from '../stages/index.ts';
import type { StageName } from './stage.ts';
import { trainingLines } from './training-lines.ts';

const shownReasons = 12;
const stageKinds = Object.keys(stages) as readonly StageName[];

/** @param statuses From `explainPlan`. Plain text without colour, lines joined by newlines. */
export function formatPlan(
  plan: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null = null,
): string {
  return [
    `${plan.experiment}: ${plan.trials.length} trials, ${plan.stages.length} stages`,
    plan.question,
    '',
    ...stageTable(plan, statuses, expectation),
    '',
    ...(expectation === null ? [] : formatExpectation(expectation, (id) => willRun(statuses, id))),
    ...trainingLines(plan.stages),
    ...reasonLines(plan, statuses),
    ...trialLines(plan),
  ].join('\n');
}

/** Every stage and every trial on a line of its own: what \`formatPlan\` sums up. Estimated numbers begin with ~. */
export function formatStagesAndTrials(
  plan: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null = null,
): string {
  const stages = plan.stages.map((stage) => {
    const { status, reason } = statuses.get(stage.id) ?? { status: 'run', reason: '' };
    const { steps, paramsTotal, trainFlops } = stage.cost;
    const isGuessed = 'budget' in stage.config && 'tokensOfPairs' in stage.config.budget;
    return [
      stage.id,
      status,
      steps === null ? '-' : `${isGuessed ? '~' : ''}${steps}`,
      paramsTotal === null ? '-' : String(paramsTotal),
      trainFlops === null ? '-' : `${stage.cost.isEstimate ? '~' : ''}${trainFlops.toExponential(1)}`,
      ...(expectation === null
        ? []
        : [timeOf(expectation.stages.get(stage.id)), memoryOf(expectation.memory.get(stage.id))]),
      reason,
    ];
  });
  const trials = plan.trials.map(({ id, seed, axes, evaluate }) => [
    id,
    String(seed),
    axes.model,
    axes.arm,
    String(axes.pretrainPairs),
    axes.task,
    String(axes.samples),
    evaluate,
  ]);
  return [
    ...align([
      [
        'stage (fingerprint)',
        'status',
        'steps',
        'params',
        'train FLOPs',
        ...(expectation === null ? [] : ['time', 'memory']),
        'why',
      ],
      ...stages,
    ]),
    '',
    ...align([['trial', 'seed', 'model', 'arm', 'pretrain pairs', 'task', 'samples', 'ends in'], ...trials]),
  ].join('\n');
}

function stageTable(
  { stages }: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null,
): readonly string[] {
  const present = stageKinds.filter((kind) => stages.some((stage) => stage.kind === kind));
  const header = [
    'stage',
    'count',
    'run',
    'cached',
    'blocked',
    'steps to run',
    'params',
    'train FLOPs to run',
    ...(expectation === null ? [] : ['time to run', 'memory']),
  ];
  const rows = present.map((kind) =>
    stageRow(
      kind,
      stages.filter((stage) => stage.kind === kind),
      statuses,
      expectation,
    ),
  );
  return align([header, ...rows, stageRow('total', stages, statuses, expectation)]);
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
  const params = stages.flatMap(({ cost }) => cost.paramsTotal ?? []);
  const hasEstimate = toRun.some(({ cost }) => cost.isEstimate);
  return [
    title,
    String(stages.length),
    String(toRun.length),
    String(count('cached')),
    String(count('blocked')),
    total(
      toRun.map(({ cost }) => cost.steps),
      (steps) => steps.toLocaleString('en-US'),
    ),
    paramRange(params),
    total(
      toRun.map(({ cost }) => cost.trainFlops),
      (flops) => `${hasEstimate ? '~' : ''}${flops.toExponential(1)}`,
    ),
    ...(expectation === null
      ? []
      : [
          total(
            toRun.map(({ id }) => expectation.stages.get(id)?.seconds ?? null),
            duration,
          ),
          most(toRun.flatMap(({ id }) => expectation.memory.get(id) ?? [])),
        ]),
  ];
}

function most(bytes: readonly number[]): string {
  return bytes.length === 0 ? '-' : bytesInWords(Math.max(...bytes));
}

function timeOf(time: StageTime | undefined): string {
  return time === undefined ? '-' : `${duration(time.seconds)} (${time.basis.level})`;
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
  const [least, most] = [Math.min(...params), Math.max(...params)];
  return least === most ? short(most) : `${short(least)}-${short(most)}`;
}

function short(value: number): string {
  if (value < 1e3) return String(value);
  return value < 1e6 ? `${(value / 1e3).toFixed(0)}k` : `${(value / 1e6).toFixed(1)}M`;
}

/** First column to the left, numbers to the right. */
function align(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
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
    const line = `${kind} ${status.status}: ${status.reason.replaceAll(/ \((none|[a-z]+-[0-9a-f]{12})( -> (none|[a-z]+-[0-9a-f]{12}))?\)/g, '')}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  if (counts.size === 0 && newKinds.length === 0) return ['Nothing to do.', ''];
  const lines = [...counts].sort(([, a], [, b]) => b - a).map(([line, count]) => `  ${count} x ${line}`);
  const hidden = lines.length - shownReasons;
  return [
    'Why:',
    ...newKindLines(newKinds, stages.length),
    ...lines.slice(0, shownReasons),
    ...(hidden > 0 ? [`  and ${hidden} more reasons (--json has all)`] : []),
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
    ...[...byRule].map(([rule, count]) => `Left out: ${count} points by ${rule}.`),
    ...(duplicates > 0 ? [`Kept once: ${duplicates} trials that equal another one.`] : []),
  ];
}
