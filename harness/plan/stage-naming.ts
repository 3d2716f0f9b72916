/** The three ways to a stage's name: by the trial that needs it, by the choice it is tried for, by its own config. */
import { budgetPairs } from '../spec/index.ts';
import { armName, counted, lastWord, listed, only, setting, text } from './name-words.ts';
import type { PlannedStage, PlannedStageOf } from './stage.ts';
import type { NamedAxes, NamedPlan, NamedStage, NamedTrial } from './named-plan.ts';

export interface Known {
  /** Stage id -> the trials that need it. */
  readonly users: ReadonlyMap<string, readonly NamedTrial[]>;
  /** null where the experiment has only one architecture. */
  readonly architecture: (axes: NamedAxes) => string | null;
}

export type Name = readonly [id: string, name: string];

/** The stages that only trials of one point need: named by the axes of the trial. */
export function trialNames({ stages, trials }: NamedPlan, { architecture }: Known): readonly Name[] {
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
export function tuningNames({ stages }: NamedPlan, { users, architecture }: Known): readonly Name[] {
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
export function sharedNames({ stages }: NamedPlan, { users, architecture }: Known): readonly Name[] {
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
  const { objective, budget, schedule } = config;
  const arm = objective.kind === 'pmp' ? 'pmp' : 'pairs' in budget ? 'lm-equal-pairs' : 'lm-equal-tokens';
  if (kind === 'decay' || schedule.kind === 'cosine') return armName(arm, budgetPairs(budget)) ?? arm;
  return `${armName(arm, null) ?? arm} trunk to ${counted(budgetPairs(budget))}`;
}

function isKind(stage: NamedStage, kind: 'select'): stage is PlannedStageOf<'select'> {
  return stage.kind === kind && stage.config !== undefined;
}
