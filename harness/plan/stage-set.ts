/**
 * The growing list of a plan's stages: adding one twice gives the first. Stages are made from templates, so that what
 * thousands of them share is worked out once.
 */
import type { Locations } from '../store/index.ts';
import { sha256 } from './fingerprint.ts';
import { filledIn, identityText, type IdentityText } from './identity-text.ts';
import type { Fingerprint, PlannedStage, PlannedStageOf, StageConfigs, StageCost, StageName } from './stage.ts';

export type StageInputs = Readonly<Record<string, PlannedStage>>;

/** A config, and where the data that it speaks of lies. */
export interface Configured<Config> {
  readonly config: Config;
  readonly locations?: Locations;
}

/** Stages that are equal but for their inputs and, where their config has one, their seed. */
export interface StageTemplate<K extends StageName> {
  readonly kind: K;
  /** Its `seed`, where there is one, is a placeholder. */
  readonly config: StageConfigs[K];
  readonly locations: Locations | null;
  readonly cost: StageCost;
  readonly identity: IdentityText;
}

export function stageTemplate<K extends StageName>(
  kind: K,
  { config, locations = {} }: Configured<StageConfigs[K]>,
  cost: StageCost,
): StageTemplate<K> {
  const isAnywhere = Object.keys(locations).length > 0;
  return { kind, config, locations: isAnywhere ? locations : null, cost, identity: identityText(kind, config) };
}

export class StageSet {
  readonly stages: PlannedStage[] = [];
  readonly #byFingerprint = new Map<Fingerprint, PlannedStage>();
  /** Indices of a stage and all it needs, ascending. */
  readonly #needed = new Map<PlannedStage, readonly number[]>();

  /** A stage with the config as it is. */
  add<K extends StageName>(
    kind: K,
    configured: Configured<StageConfigs[K]>,
    inputs: StageInputs,
    cost: StageCost,
  ): PlannedStageOf<K> {
    const { config } = configured;
    return this.addFrom(stageTemplate(kind, configured, cost), 'seed' in config ? config.seed : null, inputs);
  }

  /** @param seed null where the config has none. */
  addFrom<K extends StageName>(
    template: StageTemplate<K>,
    seed: number | null,
    inputs: StageInputs,
  ): PlannedStageOf<K> {
    const digests = ofInputs(inputs, (stage) => stage.fingerprint);
    const fingerprint = sha256(filledIn(template.identity, seed, digests)) as Fingerprint;
    const known = this.#byFingerprint.get(fingerprint);
    if (known !== undefined) return known as PlannedStageOf<K>;
    const stage = plannedStage(template, seed, { fingerprint, inputs: ofInputs(inputs, ({ id }) => id) });
    this.#byFingerprint.set(fingerprint, stage as PlannedStage);
    this.#needed.set(stage as PlannedStage, [...this.#indices(Object.values(inputs)), this.stages.length]);
    this.stages.push(stage as PlannedStage);
    return stage;
  }

  /** These stages and all they need, in execution order. */
  needed(...stages: readonly PlannedStage[]): readonly string[] {
    return this.#indices(stages).map((index) => (this.stages[index] as PlannedStage).id);
  }

  #indices(stages: readonly PlannedStage[]): readonly number[] {
    return stages.map((stage) => this.#needed.get(stage) ?? []).reduce(union, []);
  }
}

function plannedStage<K extends StageName>(
  { kind, config, locations, cost }: StageTemplate<K>,
  seed: number | null,
  { fingerprint, inputs }: Pick<PlannedStageOf<K>, 'fingerprint' | 'inputs'>,
): PlannedStageOf<K> {
  return {
    id: `${kind}-${fingerprint.slice(0, 12)}`,
    kind,
    fingerprint,
    config: seed === null ? config : { ...config, seed },
    ...(locations !== null && { locations }),
    inputs,
    cost,
  };
}

function ofInputs<T>(inputs: StageInputs, valueOf: (stage: PlannedStage) => T): Readonly<Record<string, T>> {
  const values: Record<string, T> = {};
  for (const [name, stage] of Object.entries(inputs)) values[name] = valueOf(stage);
  return values;
}

/** Of two ascending lists. */
function union(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b;
  const both: number[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [left = Infinity, right = Infinity] = [a[i], b[j]];
    both.push(Math.min(left, right));
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return both;
}
