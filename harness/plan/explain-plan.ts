/**
 * Why a stage is to be run: its own history if it has one, else the fields in which it differs from the nearest stage
 * that this experiment ran before. Pure.
 */
import { diffFields, type FieldDifference } from '../spec/index.ts';
import { currentConfig, identityInputs, withoutUnsetAdditions } from './fingerprint.ts';
import type { Plan, PlannedStage, StageName } from './stage.ts';

/** What the store says about one stage; `failed` and `diverged` as recorded by the stage runner. */
export type StoredState =
  | 'done'
  | 'absent'
  | { readonly diverged: { readonly step: number; readonly reason: string } }
  | { readonly damaged: string }
  | { readonly failed: { readonly outcome: { readonly message: string } } };

/** A stage that was done before. */
export interface DoneStage {
  readonly id: string;
  readonly kind: StageName;
  readonly config: unknown;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface StoreSnapshot {
  /** Stage id -> state; what is not in it is absent. */
  readonly states: ReadonlyMap<string, StoredState>;
  /**
   * Stages of this experiment to compare with, the newest first: of equally near stages the first is named. What
   * differs from another experiment's stages is no reason to run one of this.
   */
  readonly done: readonly DoneStage[];
}

export interface StageStatus {
  readonly status: 'run' | 'cached' | 'blocked' | 'damaged';
  readonly reason: string;
}

/**
 * Done stages of a kind that are compared: enough to find the neighbour, and planning stays fast over a large store.
 */
const comparedStages = 200;
const namedFields = 4;
/** The reason of a stage whose kind this experiment has not run before. */
export const firstOfItsKind = 'first of its kind in this experiment';

/** Whether a sweep would run it now, by the statuses of its plan. A stage without a status is new. */
export function willRun(statuses: ReadonlyMap<string, StageStatus>, id: string): boolean {
  const status = statuses.get(id)?.status ?? 'run';
  return status === 'run' || status === 'damaged';
}

/** Stage id -> what a sweep would do with it now, and why. */
export function explainPlan(plan: Plan, store: StoreSnapshot): ReadonlyMap<string, StageStatus> {
  const statuses = new Map<string, StageStatus>();
  const unusable = new Set<string>();
  const doneByKind = groupByKind(store.done);
  for (const stage of plan.stages) {
    const state = store.states.get(stage.id) ?? 'absent';
    const blocker = Object.entries(stage.inputs).find(([, id]) => unusable.has(id));
    const status = statusOf(stage, state, blocker, doneByKind);
    statuses.set(stage.id, status);
    if (status.status === 'blocked' || (typeof state === 'object' && 'diverged' in state)) unusable.add(stage.id);
  }
  return statuses;
}

function statusOf(
  stage: PlannedStage,
  state: StoredState,
  blocker: readonly [string, string] | undefined,
  done: ReadonlyMap<StageName, readonly DoneStage[]>,
): StageStatus {
  if (state === 'done') return { status: 'cached', reason: 'done' };
  if (typeof state === 'object' && 'diverged' in state)
    return {
      status: 'cached',
      reason: `diverged at step ${state.diverged.step} (${state.diverged.reason}): a result, not run again`,
    };
  if (blocker !== undefined)
    return { status: 'blocked', reason: `its input ${blocker[0]} (${blocker[1]}) diverged or is blocked` };
  if (state === 'absent') return { status: 'run', reason: nearestReason(stage, done.get(stage.kind) ?? []) };
  return 'damaged' in state
    ? { status: 'damaged', reason: `outputs are damaged (${state.damaged}): run again` }
    : { status: 'run', reason: `failed before (${state.failed.outcome.message}): tried again` };
}

function groupByKind(done: readonly DoneStage[]): ReadonlyMap<StageName, readonly DoneStage[]> {
  const groups = new Map<StageName, DoneStage[]>();
  for (const stage of done) {
    const group = groups.get(stage.kind) ?? [];
    if (group.length < comparedStages) group.push(stage);
    groups.set(stage.kind, group);
  }
  return groups;
}

function nearestReason(stage: PlannedStage, done: readonly DoneStage[]): string {
  let best: readonly FieldDifference[] | null = null;
  for (const other of done) {
    const limit: number = best === null ? Infinity : best.length - 1;
    const differences = differencesTo(stage, other, limit);
    if (differences.length <= limit) best = differences;
  }
  if (best === null) return firstOfItsKind;
  if (best.length === 0) return 'the meaning of this kind of stage changed';
  const named = best.slice(0, namedFields).map(describeDifference);
  return best.length > namedFields ? `${named.join(', ')} and ${best.length - namedFields} more` : named.join(', ');
}

/**
 * Config first, because it is the cause; changed inputs are its consequence. Shortcuts bear no identity.
 */
function differencesTo(stage: PlannedStage, other: DoneStage, limit: number): readonly FieldDifference[] {
  const config = diffFields(identityOf(other), withoutUnsetAdditions(stage.config), limit);
  if (config.length > limit) return config;
  const [before, after] = [identityInputs(other.kind, other.inputs), identityInputs(stage.kind, stage.inputs)];
  const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  return [...config, ...changed.map((name) => ({ path: `input ${name}`, before: before[name], after: after[name] }))];
}

/** A stage that ran before a field was there does not differ from one that leaves it unset. */
function identityOf({ kind, config }: DoneStage): unknown {
  return typeof config === 'object' && config !== null ? currentConfig(kind, config) : config;
}

function describeDifference({ path, before, after }: FieldDifference): string {
  if (path.startsWith('input ')) return `${path} changed (${String(before ?? 'none')} -> ${String(after ?? 'none')})`;
  return `${path} ${describeField(before)} -> ${describeField(after)}`;
}

function describeField(value: unknown): string {
  if (value === undefined) return 'not there';
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
