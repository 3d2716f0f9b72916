/**
 * What people call a stage: `finetune PMP-2048, algebra, 256, seed 1`, shown beside the id. A name says what is special
 * about a stage within its experiment; it is never identity, and nothing is read back from it.
 */
import { budgetPairs } from '../spec/index.ts';
import type { PlannedStage, PlannedStageOf } from './stage.ts';

/** What naming needs of a plan. A plan has all of it; plan.json has the names themselves instead of configs. */
export interface NamedPlan {
  readonly stages: readonly NamedStage[];
  readonly trials: readonly NamedTrial[];
}

export interface NamedStage {
  readonly id: string;
  readonly kind: string;
  /** As recorded by the sweep; it is taken as it is. */
  readonly name?: string | null;
  readonly config?: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface NamedTrial {
  readonly seed: number;
  readonly axes: NamedAxes;
  readonly stages: readonly string[];
  readonly evaluate: string;
  readonly baseline: string;
}

export interface NamedAxes {
  readonly architecture?: unknown;
  readonly arm?: unknown;
  readonly pretrainPairs?: unknown;
  readonly task?: unknown;
  readonly samples?: unknown;
  readonly declared?: unknown;
}

/** Stage id -> name, for every stage of the plan. Where little is known of a stage, its name is its kind. */
export function stageNames(plan: NamedPlan): ReadonlyMap<string, string> {
  const users = trialsByStage(plan.trials);
  const isOne = new Set(plan.trials.map(({ axes }) => axes.architecture)).size < 2;
  const known: Known = { users, architecture: (axes) => (isOne ? null : text(axes.architecture)) };
  const names = new Map([...sharedNames(plan, known), ...tuningNames(plan, known), ...trialNames(plan, known)]);
  const all = plan.stages.map(({ id, kind, name }) => [id, name ?? names.get(id) ?? kind] as const);
  return toldApart(all, users);
}

interface Known {
  /** Stage id -> the trials that need it. */
  readonly users: ReadonlyMap<string, readonly NamedTrial[]>;
  /** null where the experiment has only one architecture. */
  readonly architecture: (axes: NamedAxes) => string | null;
}

type Name = readonly [id: string, name: string];

function trialsByStage(trials: readonly NamedTrial[]): ReadonlyMap<string, readonly NamedTrial[]> {
  const users = new Map<string, NamedTrial[]>();
  for (const trial of trials)
    for (const id of trial.stages) {
      const list = users.get(id);
      if (list === undefined) users.set(id, [trial]);
      else list.push(trial);
    }
  return users;
}

/** The stages that only trials of one point need: named by the axes of the trial. */
function trialNames({ stages, trials }: NamedPlan, { architecture }: Known): readonly Name[] {
  const finetunes = new Set(stages.filter(({ kind }) => kind === 'finetune').map(({ id }) => id));
  return trials.flatMap(({ axes, seed, stages: chain, evaluate, baseline }): readonly Name[] => {
    const start = [armName(axes.arm, axes.pretrainPairs), architecture(axes), text(axes.task)];
    const trial = listed([...start, text(axes.samples), `seed ${seed}`]);
    // Tuning runs come before the choice, and so before the trial's own finetuning.
    const finetune = chain.findLast((id) => finetunes.has(id));
    return [
      [baseline, `baseline ${listed([...start, `seed ${seed}`])}`],
      ...(finetune === undefined ? [] : [[finetune, `finetune ${trial}`] as const]),
      [evaluate, `evaluate ${trial}`],
    ];
  });
}

/** Tuning runs are named by the values they try, and the choice by what it chooses. */
function tuningNames({ stages }: NamedPlan, { users, architecture }: Known): readonly Name[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  return stages.flatMap((select): readonly Name[] => {
    if (!isKind(select, 'select')) return [];
    const trials = users.get(select.id) ?? [];
    const shared = (read: (axes: NamedAxes) => string | null): string | null =>
      only(trials.map(({ axes }) => read(axes)));
    const of = [shared(({ arm }) => armName(arm, null)), shared(architecture), shared(({ task }) => text(task))];
    const runs = select.config.candidates.flatMap(({ input, values }): readonly Name[] => {
      const evaluate = select.inputs[input] ?? '';
      const finetune = byId.get(evaluate)?.inputs?.['model'] ?? '';
      const tried = listed([...Object.entries(values).map(([path, value]) => setting(path, value)), ...of]);
      return [
        [finetune, `tune ${tried}`],
        [evaluate, `evaluate tuning ${tried}`],
      ];
    });
    const paths = Object.keys(select.config.candidates[0]?.values ?? {});
    return [...runs, [select.id, `select ${listed([paths.map(lastWord).join(' and '), ...of])}`]];
  });
}

/** Foundations that many trials stand on: named by what they are. */
function sharedNames({ stages }: NamedPlan, { users, architecture }: Known): readonly Name[] {
  return stages.flatMap(({ id, kind, config, inputs = {} }): readonly Name[] => {
    if (config === undefined) return [];
    const axes = users.get(id)?.[0]?.axes ?? {};
    return [[id, sharedName({ id, kind, config, inputs } as PlannedStage, architecture(axes))]];
  });
}

function sharedName(stage: PlannedStage, architecture: string | null): string {
  switch (stage.kind) {
    case 'corpus':
      return `corpus ${stage.config.corpus.kind}`;
    case 'tokenizer':
      return `tokenizer ${stage.config.tokenizer.kind}, ${counted(stage.config.tokenizer.vocabSize)} tokens`;
    case 'pairs':
      return `pairs ${stage.config.pairs.kind}`;
    case 'task':
      return `task ${stage.config.task.name}`;
    case 'pretrain':
    case 'decay':
      return `${stage.kind} ${listed([pretrainedName(stage), architecture, `seed ${stage.config.seed}`])}`;
    default:
      return stage.kind;
  }
}

function pretrainedName({ kind, config }: PlannedStageOf<'pretrain'> | PlannedStageOf<'decay'>): string {
  const { objective, until, schedule } = config;
  const arm = objective.kind === 'pmp' ? 'pmp' : 'pairs' in until ? 'lm-equal-pairs' : 'lm-equal-tokens';
  if (kind === 'decay' || schedule.kind === 'cosine') return armName(arm, budgetPairs(until)) ?? arm;
  return `${armName(arm, null) ?? arm} trunk to ${counted(budgetPairs(until))}`;
}

/** `PMP-2048`, `LM-2048`, `LM-2048 equal tokens`, `scratch`; without the pairs where they are null. */
function armName(arm: unknown, pairs: unknown): string | null {
  if (typeof arm !== 'string') return null;
  const size = typeof pairs === 'number' && pairs > 0 ? `-${pairs}` : '';
  if (arm === 'pmp') return `PMP${size}`;
  if (arm === 'lm-equal-pairs') return `LM${size}`;
  return arm === 'lm-equal-tokens' ? `LM${size} equal tokens` : `${arm}${size}`;
}

/**
 * Stages that would be called the same get what their trials differ in: the architecture, then the values of the
 * experiment's own axes.
 */
function toldApart(names: readonly Name[], users: Known['users']): ReadonlyMap<string, string> {
  return new Map(
    [...grouped(names).values()].flatMap((group) => {
      if (group.length === 1) return group;
      const labels = group.map(([id]) => labelsOf(users.get(id) ?? []));
      const axes = [...new Set(labels.flatMap((label) => [...label.keys()]))];
      const telling = axes.filter((axis) => new Set(labels.map((label) => label.get(axis))).size > 1);
      return group.map(([id, name], index): Name => {
        const more = telling.map((axis) => labels[index]?.get(axis) ?? null);
        return [id, listed([name, ...more])];
      });
    }),
  );
}

function grouped(names: readonly Name[]): ReadonlyMap<string, readonly Name[]> {
  const groups = new Map<string, Name[]>();
  for (const named of names) {
    const group = groups.get(named[1]);
    if (group === undefined) groups.set(named[1], [named]);
    else group.push(named);
  }
  return groups;
}

/** Axis -> what all of these trials have in common there. */
function labelsOf(trials: readonly NamedTrial[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const architecture = only(trials.map(({ axes }) => text(axes.architecture)));
  if (architecture !== null) labels.set('architecture', architecture);
  const declared = trials.map(({ axes }) => (axes.declared ?? {}) as Readonly<Record<string, unknown>>);
  for (const axis of Object.keys(declared[0] ?? {})) {
    const value = only(declared.map((values) => text(values[axis])));
    if (value !== null) labels.set(axis, setting(axis, value));
  }
  return labels;
}

/** `finetune.optimizer.learningRate`, 0.003 -> `lr 0.003`. */
const setting = (path: string, value: unknown): string => `${lastWord(path)} ${String(value)}`;

function lastWord(path: string): string {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last === 'learningRate' ? 'lr' : last.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function isKind(stage: NamedStage, kind: 'select'): stage is PlannedStageOf<'select'> {
  return stage.kind === kind && stage.config !== undefined;
}

function only(values: readonly (string | null)[]): string | null {
  return new Set(values).size === 1 ? (values[0] ?? null) : null;
}

const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;
const listed = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(', ');
const counted = (count: number): string => count.toLocaleString('en-US');
