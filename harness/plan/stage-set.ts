/** The growing list of a plan's stages: adding one twice gives the first. */
import { fingerprintOf } from './fingerprint.ts';
import type { Fingerprint, PlannedStage, PlannedStageOf, StageConfigs, StageCost, StageKind } from './stage.ts';

export type StageInputs = Readonly<Record<string, PlannedStage>>;

/** Inputs that are an execution shortcut and bear no identity, by kind. */
const shortcuts: Readonly<Partial<Record<StageKind, string>>> = { pretrain: 'previous' };

export class StageSet {
  readonly stages: PlannedStage[] = [];
  readonly #byFingerprint = new Map<Fingerprint, PlannedStage>();
  /** Indices of a stage and all it needs, ascending. */
  readonly #needed = new Map<string, readonly number[]>();

  add<K extends StageKind>(kind: K, config: StageConfigs[K], inputs: StageInputs, cost: StageCost): PlannedStageOf<K> {
    const identity = Object.fromEntries(
      Object.entries(inputs)
        .filter(([name]) => name !== shortcuts[kind])
        .map(([name, stage]) => [name, stage.fingerprint]),
    );
    const fingerprint = fingerprintOf(kind, config, identity);
    const known = this.#byFingerprint.get(fingerprint);
    if (known !== undefined) return known as PlannedStageOf<K>;
    const ids = Object.fromEntries(Object.entries(inputs).map(([name, { id }]) => [name, id]));
    const stage = {
      id: `${kind}-${fingerprint.slice(0, 12)}`,
      kind,
      fingerprint,
      config,
      inputs: ids,
      cost,
    } as PlannedStageOf<K>;
    this.#byFingerprint.set(fingerprint, stage as PlannedStage);
    this.#needed.set(
      stage.id,
      union([...Object.values(ids).map((id) => this.#needed.get(id) ?? []), [this.stages.length]]),
    );
    this.stages.push(stage as PlannedStage);
    return stage;
  }

  /** These stages and all they need, in execution order. */
  needed(...stages: readonly PlannedStage[]): readonly string[] {
    return union(stages.map(({ id }) => this.#needed.get(id) ?? [])).map(
      (index) => (this.stages[index] as PlannedStage).id,
    );
  }
}

function union(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
