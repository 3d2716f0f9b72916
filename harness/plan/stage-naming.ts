/** The three ways to a stage's name: by the trial that needs it, by the choice it is tried for, by its own config. */
import { armOf, type Arm, type PretrainChoice } from '../kinds/index.ts';
import { budgetPairs } from '../spec/index.ts';
import { count, plural } from '../text/index.ts';
import { armName, lastWord, listed, only, setting, text } from './name-words.ts';
import type { PlannedStageOf } from './stage.ts';
import type { NamedAxes, NamedPlan, NamedStage, NamedTrial } from './named-plan.ts';

export interface Known {
  /** Stage id -> the trials that need it. */
  readonly users: ReadonlyMap<string, readonly NamedTrial[]>;
  readonly arms: readonly Arm[];
  /** null where the experiment has only one model. */
  readonly model: (axes: NamedAxes) => string | null;
}

export type Name = readonly [id: string, name: string];

/** The stages that only trials of one point need: named by the axes of the trial. */
export function trialNames({ stages, trials }: NamedPlan, { arms, model }: Known): readonly Name[] {
  const finetunes = new Set(stages.filter(({ kind }) => kind === 'finetune').map(({ id }) => id));
  return trials.flatMap(({ axes, seed, stages: chain, evaluate, baseline }): readonly Name[] => {
    const start = [armName(axes.arm, axes.pretrainPairs, arms), model(axes), text(axes.task)];
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
export function tuningNames({ stages }: NamedPlan, { users, arms, model }: Known): readonly Name[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  return stages.flatMap((select): readonly Name[] => {
    if (!isSelect(select)) return [];
    const trials = users.get(select.id) ?? [];
    const shared = (read: (axes: NamedAxes) => string | null): string | null =>
      only(trials.map(({ axes }) => read(axes)));
    const of = [shared(({ arm }) => armName(arm, null, arms)), shared(model), shared(({ task }) => text(task))];
    const { candidates } = select.config;
    // Runs of equal values differ in their seed.
    const hasSeveralSeeds = new Set(candidates.map(({ values }) => JSON.stringify(values))).size < candidates.length;
    const runs = candidates.flatMap(({ input, values }): readonly Name[] => {
      const evaluate = select.inputs[input] ?? '';
      const finetune = byId.get(evaluate)?.inputs?.['model'] ?? '';
      const settings = Object.entries(values).map(([path, value]) => setting(path, value));
      const seed = hasSeveralSeeds ? seedName(field(byId.get(finetune)?.config, 'seed')) : null;
      const tried = listed([...settings, ...of, seed]);
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
export function sharedNames({ stages }: NamedPlan, { users, arms, model }: Known): readonly Name[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const starts = trainedStarts(byId);
  return stages.flatMap((stage): readonly Name[] => {
    const { id, kind, config, inputs } = stage;
    const wordsOf = sharedWords.get(kind);
    if (wordsOf === undefined) return [];
    const axes = users.get(id)?.[0]?.axes ?? {};
    const pairs = byId.get(inputs?.['pairs'] ?? '')?.config;
    const about = { kind, config, pairs, arms, task: axes.task, samples: axes.samples, model: model(axes) };
    const words = wordsOf({ ...about, isStart: starts.has(id) });
    return [[id, [kind, listed(words)].join(' ').trimEnd()]];
  });
}

/** The stages that train a start: what others take as their input `start`, and the trunk before it. */
function trainedStarts(byId: ReadonlyMap<string, NamedStage>): ReadonlySet<string> {
  const starts = new Set<string>();
  const add = (id: string | undefined): void => {
    if (id === undefined || starts.has(id)) return;
    starts.add(id);
    add(byId.get(id)?.inputs?.['trunk']);
    add(byId.get(id)?.inputs?.['previous']);
  };
  for (const { inputs } of byId.values()) add(inputs?.['start']);
  return starts;
}

interface SharedStage {
  readonly kind: string;
  /** Configs are read with care: a kind of stage that came from elsewhere has a name too. */
  readonly config: unknown;
  /** The config of the pairs that it reads. */
  readonly pairs: unknown;
  readonly arms: readonly Arm[];
  /** Of the first trial that needs it. */
  readonly task: unknown;
  readonly samples: unknown;
  readonly model: string | null;
  /** Whether it trains the start of the others. */
  readonly isStart: boolean;
}

type Words = (stage: SharedStage) => readonly (string | null)[];

const byOwnKind: Words = ({ kind, config }) => [text(field(config, kind, 'kind'))];
/** A check is named by what it looks at. */
const byWhatIsChecked: Words = ({ config, pairs }) => [
  text(field(config, 'task')),
  text(field(pairs, 'pairs', 'kind')),
];
const byTraining: Words = ({ kind, config, pairs, arms, model, isStart }) => [
  isStart ? startName(kind, config) : pretrainedName(kind, config, pairs, arms),
  model,
  seedName(field(config, 'seed')),
];

/** The kinds of stages that are not named by a trial of their own. */
const sharedWords: ReadonlyMap<string, Words> = new Map(
  Object.entries<Words>({
    corpus: byOwnKind,
    descriptions: byOwnKind,
    pairs: byOwnKind,
    completions: ({ config }) => [
      text(field(config, 'generator', 'kind')),
      `for the ${text(field(config, 'response'))}`,
    ],
    tokenizer: ({ config }) => {
      const size = field(config, 'tokenizer', 'vocabSize');
      return [text(field(config, 'tokenizer', 'kind')), typeof size === 'number' ? plural(size, 'token') : null];
    },
    task: ({ config }) => [text(field(config, 'task', 'name'))],
    ranker: ({ config, task, samples }) => [text(task), text(samples), seedName(field(config, 'seed'))],
    pretrain: byTraining,
    decay: byTraining,
    audit: byWhatIsChecked,
    contamination: byWhatIsChecked,
  }),
);

function startName(kind: string, config: unknown): string | null {
  if (!saysArm(config)) return null;
  return `base LM${isTrunk(kind, config) ? ' trunk to' : ','} ${count(budgetPairs(config.budget))}`;
}

const isTrunk = (kind: string, config: unknown): boolean =>
  kind === 'pretrain' && field(config, 'schedule', 'kind') === 'wsd';

function pretrainedName(kind: string, config: unknown, pairs: unknown, arms: readonly Arm[]): string | null {
  if (!saysArm(config)) return null;
  const budget = budgetPairs(config.budget);
  const ofPairs = text(field(pairs, 'pairs', 'kind'));
  // A stage that is named is pretrained: what it starts from tells no arm.
  const from = { start: { kind: 'random' }, pairs: ofPairs === null ? null : { kind: ofPairs } };
  const arm = armOf(config, from, arms)?.id ?? config.objective.kind;
  if (!isTrunk(kind, config)) return armName(arm, budget, arms);
  return [armName(arm, null, arms), 'trunk', `to ${count(budget)}`].join(' ');
}

/** What lies at a path in a value that can be anything. */
function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

/** Whether there is a `pretrain` section in it: a record has none. */
function saysArm(config: unknown): config is PretrainChoice {
  return typeof field(config, 'objective', 'kind') === 'string' && typeof field(config, 'budget') === 'object';
}

const seedName = (seed: unknown): string | null => (text(seed) === null ? null : `seed ${text(seed)}`);

function isSelect(stage: NamedStage): stage is PlannedStageOf<'select'> {
  return stage.kind === 'select' && Array.isArray(field(stage.config, 'candidates'));
}
