/** The growing list of a plan's stages: adding one twice gives the first. */
import type { Locations } from '../store/index.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Fingerprint, PlannedStage, PlannedStageOf, StageConfigs, StageCost, StageName } from './stage.ts';

export type StageInputs = Readonly<Record<string, PlannedStage>>;

/** A config, and where the data that it speaks of lies. */
export interface Configured<Config> {
  readonly config: Config;
  readonly locations?: Locations;
}

export class StageSet {
  readonly stages: PlannedStage[] = [];
  readonly #byFingerprint = new Map<Fingerprint, PlannedStage>();
  /** Indices of a stage and all it needs, ascending. */
  readonly #needed = new Map<string, readonly number[]>();

  add<K extends StageName>(
    kind: K,
    configured: Configured<StageConfigs[K]>,
    inputs: StageInputs,
    cost: StageCost,
  ): PlannedStageOf<K> {
    const fingerprint = fingerprintOf(
      kind,
      configured.config,
      ofInputs(inputs, (stage) => stage.fingerprint),
    );
    const known = this.#byFingerprint.get(fingerprint);
    if (known !== undefined) return known as PlannedStageOf<K>;
    const ids = ofInputs(inputs, ({ id }) => id);
    const stage = plannedStage({ kind, fingerprint, inputs: ids, cost }, configured);
    this.#byFingerprint.set(fingerprint, stage as PlannedStage);
    const needed = Object.values(ids).map((id) => this.#needed.get(id) ?? []);
    this.#needed.set(stage.id, union([...needed, [this.stages.length]]));
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

function plannedStage<K extends StageName>(
  { kind, fingerprint, inputs, cost }: Pick<PlannedStageOf<K>, 'kind' | 'fingerprint' | 'inputs' | 'cost'>,
  { config, locations = {} }: Configured<StageConfigs[K]>,
): PlannedStageOf<K> {
  return {
    id: `${kind}-${fingerprint.slice(0, 12)}`,
    kind,
    fingerprint,
    config,
    ...(Object.keys(locations).length > 0 && { locations }),
    inputs,
    cost,
  };
}

function ofInputs<T>(inputs: StageInputs, valueOf: (stage: PlannedStage) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, stage]) => [name, valueOf(stage)]));
}

function union(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
