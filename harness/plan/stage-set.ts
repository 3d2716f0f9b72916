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
  readonly #positions = new Map<PlannedStage, number>();
  /** Of each stage, the positions of its inputs. */
  readonly #inputs: (readonly number[])[] = [];
  /** Of each stage, the last call of `needed` that came across it. */
  readonly #calls: number[] = [];
  #call = 0;

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
    const fingerprint = sha256(filledIn(template.identity, seed, inputs)) as Fingerprint;
    const known = this.#byFingerprint.get(fingerprint);
    if (known !== undefined) return known as PlannedStageOf<K>;
    const stage = plannedStage(template, seed, fingerprint, idsOf(inputs));
    this.#keep(fingerprint, stage as PlannedStage, Object.values(inputs));
    return stage;
  }

  #keep(fingerprint: Fingerprint, stage: PlannedStage, inputs: readonly PlannedStage[]): void {
    this.#byFingerprint.set(fingerprint, stage);
    this.#positions.set(stage, this.stages.length);
    this.#inputs.push(this.#positionsOf(inputs));
    this.#calls.push(this.#call);
    this.stages.push(stage);
  }

  /** These stages and all they need, in execution order. */
  needed(...stages: readonly PlannedStage[]): readonly string[] {
    this.#call += 1;
    const found: number[] = [];
    for (const position of this.#positionsOf(stages)) this.#collect(position, found);
    return found.sort((a, b) => a - b).map((position) => (this.stages[position] as PlannedStage).id);
  }

  #collect(position: number, found: number[]): void {
    if (this.#calls[position] === this.#call) return;
    this.#calls[position] = this.#call;
    found.push(position);
    for (const input of this.#inputs[position] as readonly number[]) this.#collect(input, found);
  }

  #positionsOf(stages: readonly PlannedStage[]): readonly number[] {
    return stages.map((stage) => this.#positions.get(stage) as number);
  }
}

function plannedStage<K extends StageName>(
  { kind, config: template, locations, cost }: StageTemplate<K>,
  seed: number | null,
  fingerprint: Fingerprint,
  inputs: Readonly<Record<string, string>>,
): PlannedStageOf<K> {
  const id = `${kind}-${fingerprint.slice(0, 12)}`;
  const config = seed === null ? template : { ...template, seed };
  if (locations === null) return { id, kind, fingerprint, config, inputs, cost };
  return { id, kind, fingerprint, config, locations, inputs, cost };
}

function idsOf(inputs: StageInputs): Readonly<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const name of Object.keys(inputs)) ids[name] = (inputs[name] as PlannedStage).id;
  return ids;
}
