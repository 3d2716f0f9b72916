/**
 * What people call a stage: `finetune PMP-2048, algebra, 256, seed 1`, shown beside the id. A name says what is special
 * about a stage within its experiment; it is never identity, and nothing is read back from it.
 */
import { builtInKinds, type Arm } from '../kinds/index.ts';
import type { NamedPlan, NamedTrial } from './named-plan.ts';
import { sharedNames, trialNames, tuningNames, type Known, type Name } from './stage-naming.ts';
import { listed, only, setting, text } from './name-words.ts';

/**
 * Stage id -> name, for every stage of the plan. Where little is known of a stage, its name is its kind. An arm that is
 * not among `arms` is named by its id.
 */
export function stageNames(
  plan: NamedPlan,
  { arms = builtInKinds.arms }: { readonly arms?: readonly Arm[] } = {},
): ReadonlyMap<string, string> {
  const users = trialsByStage(plan.trials);
  const isOne = new Set(plan.trials.map(({ axes }) => axes.model)).size < 2;
  const known: Known = { users, arms, model: (axes) => (isOne ? null : text(axes.model)) };
  const names = new Map<string, string>();
  for (const named of [sharedNames, tuningNames, trialNames])
    for (const [id, name] of named(plan, known)) names.set(id, name);
  return toldApart(new Map(plan.stages.map(({ id, kind, name }) => [id, name ?? names.get(id) ?? kind])), users);
}

/** The name of one stage. Names of other seeds are other names, so that those of its own seed are enough to tell it. */
export function stageName(plan: NamedPlan, id: string, options: { readonly arms?: readonly Arm[] } = {}): string {
  const user = plan.trials.find(({ stages }) => stages.includes(id));
  if (user === undefined) return stageNames(plan, options).get(id) ?? id;
  const trials = plan.trials.filter(({ seed }) => seed === user.seed);
  const needed = new Set(trials.flatMap(({ stages }) => stages));
  const stages = plan.stages.filter((stage) => needed.has(stage.id));
  return stageNames({ stages, trials }, options).get(id) ?? id;
}

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

/**
 * Stages that would be called the same get what their trials differ in: the model, then the values of the
 * experiment's own axes.
 */
function toldApart(names: ReadonlyMap<string, string>, users: Known['users']): ReadonlyMap<string, string> {
  const groups = clashes(names);
  if (groups.length === 0) return names;
  return new Map([...names, ...groups.flatMap((group) => extended(group, users))]);
}

/** The stages of each name that more than one has. */
function clashes(names: ReadonlyMap<string, string>): readonly (readonly Name[])[] {
  const firsts = new Map<string, Name[]>();
  for (const [id, name] of names) {
    const group = firsts.get(name);
    if (group === undefined) firsts.set(name, [[id, name]]);
    else group.push([id, name]);
  }
  return [...firsts.values()].filter((group) => group.length > 1);
}

function extended(group: readonly Name[], users: Known['users']): readonly Name[] {
  const labels = group.map(([id]) => labelsOf(users.get(id) ?? []));
  const axes = [...new Set(labels.flatMap((label) => [...label.keys()]))];
  const telling = axes.filter((axis) => new Set(labels.map((label) => label.get(axis))).size > 1);
  return group.map(([id, name], index) => {
    const more = telling.map((axis) => labels[index]?.get(axis) ?? null);
    return [id, listed([name, ...more])];
  });
}

/** Axis -> what all of these trials have in common there. */
function labelsOf(trials: readonly NamedTrial[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const model = only(trials.map(({ axes }) => text(axes.model)));
  if (model !== null) labels.set('model', model);
  const declared = trials.map(({ axes }) => (axes.declared ?? {}) as Readonly<Record<string, unknown>>);
  for (const axis of Object.keys(declared[0] ?? {})) {
    const value = only(declared.map((values) => text(values[axis])));
    if (value !== null) labels.set(axis, setting(axis, value));
  }
  return labels;
}
