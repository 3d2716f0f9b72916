/** Pretraining: the trunk, segment by segment, and the decay that ends in a trial's backbone. */
import { forkSteps, kindOf, type StartTraining, type TrialSpec } from '../spec/index.ts';
import type { PretrainConfig } from '../stages/index.ts';
import { configuredStart, noStart } from './configured.ts';
import { budgetSteps, pretrainCost } from './cost.ts';
import type { DataStages, Pretrained } from './data-stages.ts';
import { canonicalJson } from './fingerprint.ts';
import type { PlanInputs } from './plan-inputs.ts';
import type { Remembered } from './remembered.ts';
import type { PlannedStage, PlannedStageOf } from './stage.ts';
import { stageTemplate, type Configured, type StageSet, type StageTemplate } from './stage-set.ts';
import { TrunkBudgets, trunkConfig, type Budget } from './trunk.ts';

interface BackbonesOptions {
  readonly set: StageSet;
  readonly inputs: PlanInputs;
  readonly remembered: Remembered;
  readonly data: DataStages;
}

export class Backbones {
  readonly #set: StageSet;
  readonly #inputs: PlanInputs;
  readonly #remembered: Remembered;
  readonly #data: DataStages;
  readonly #budgets = new TrunkBudgets();
  /** Of each trial of the sweep, asked for with every seed: short, since it is a part of many keys. */
  readonly #trunkKeys = new WeakMap<Pretrained, string>();
  readonly #trunks = new Map<string, string>();

  constructor({ set, inputs, remembered, data }: BackbonesOptions) {
    this.#set = set;
    this.#inputs = inputs;
    this.#remembered = remembered;
    this.#data = data;
  }

  /** First pass: every budget a trunk will have to serve. */
  noteBudget(trial: Pretrained, seed: number): void {
    if (trial.pretrain.objective.kind !== 'none' && trial.pretrain.schedule.kind === 'wsd')
      this.#budgets.note(this.#trunkKey(trial, seed), trial.pretrain.budget);
    const base = this.#base(trial);
    if (base !== null) this.noteBudget(base.trial, base.seed);
  }

  /** The start that the experiment trains, as an input of the stages that begin with it; empty where it trains none. */
  startOf(trial: Pretrained): { readonly start?: PlannedStage } {
    const base = this.#base(trial);
    const start = base === null ? null : this.of(base.trial, base.seed);
    return start === null ? {} : { start };
  }

  /** What the start learns from; null where the experiment does not train it. */
  pairsOfStart(trial: TrialSpec): PlannedStage | null {
    const base = this.#base(trial);
    return base === null ? null : this.#data.pairs(base.trial);
  }

  /** The pretraining of a start, as that of a trial without a start. */
  #base(trial: Pretrained): { readonly trial: Pretrained; readonly seed: number } | null {
    const training = trial.isFresh === true ? null : this.#trainingOf(trial);
    if (training === null) return null;
    const { pairs, pretrain, seed } = training;
    const { corpus, descriptions, tokenizer, model, overLength, numerics } = trial;
    const parts = [training, corpus, descriptions, tokenizer, model, overLength, numerics];
    return this.#remembered.once('base', parts, () => ({ trial: { ...trial, pairs, pretrain, isFresh: true }, seed }));
  }

  /** One object a start, since stages are remembered by it. */
  #trainingOf({ start }: Pretrained): StartTraining | null {
    return this.#remembered.once(
      'start training',
      [start],
      () => kindOf(this.#inputs.kinds.starts, start).training?.(start) ?? null,
    );
  }

  /** The pretrained model a trial starts from; null = the start itself. */
  of(trial: Pretrained, seed: number): PlannedStage | null {
    if (trial.pretrain.objective.kind === 'none') return null;
    return this.#remembered.once('backbone', [this.#trunkKey(trial, seed), trial.pretrain], (): PlannedStage => {
      const segment = this.#segment(trial, seed, trial.pretrain.budget);
      if (trial.pretrain.schedule.kind === 'cosine') return segment;
      return this.#set.addFrom(this.#decay(trial), seed, { pairs: this.#data.pairs(trial), trunk: segment });
    });
  }

  #decay(trial: Pretrained): StageTemplate<'decay'> {
    return this.#remembered.once('decay', [this.#trunkOf(trial), trial.pretrain], () => {
      const { total, decayStart } = stepsOf(trial, trial.pretrain.budget);
      const cost = pretrainCost(total - decayStart, trial, this.#inputs.kinds);
      const { config } = this.#configured(trial, trial.pretrain.budget);
      return stageTemplate(
        'decay',
        { config: { ...config, ...noStart, numerics: this.#inputs.numericsOf('decay', trial.numerics) } },
        cost,
      );
    });
  }

  /** The trunk up to the fork of `budget` (wsd), or a whole run (cosine). */
  #segment(trial: Pretrained, seed: number, budget: Budget): PlannedStageOf<'pretrain'> {
    const isTrunk = trial.pretrain.schedule.kind === 'wsd';
    const before = isTrunk ? this.#budgets.before(this.#trunkKey(trial, seed), budget) : null;
    const pairs = this.#data.pairs(trial);
    const previous = before === null ? {} : { previous: this.#segment(trial, seed, before) };
    // Also beside `previous`, which has no identity: all of a trunk stands on the start.
    const inputs = { pairs, ...this.startOf(trial), ...previous };
    return this.#set.addFrom(this.#pretrain(trial, budget, before), seed, inputs);
  }

  #pretrain(trial: Pretrained, budget: Budget, before: Budget | null): StageTemplate<'pretrain'> {
    const parts = [this.#trunkOf(trial), canonicalJson(budget), canonicalJson(before)];
    return this.#remembered.once('pretrain', parts, () => {
      const steps = stepsOf(trial, budget).decayStart - (before === null ? 0 : stepsOf(trial, before).decayStart);
      const cost = pretrainCost(Math.max(0, steps), trial, this.#inputs.kinds);
      return stageTemplate('pretrain', this.#configured(trial, budget), cost);
    });
  }

  #configured(trial: Pretrained, budget: Budget): Configured<PretrainConfig> {
    const { model, tokenizer, pretrain, start, isFresh, numerics } = trial;
    const { objective, ...shared } = pretrain;
    if (objective.kind === 'none') throw new Error('a trial without pretraining has no trunk');
    const from = isFresh === true ? { config: noStart, locations: {} } : configuredStart(start, this.#inputs);
    const config: PretrainConfig = {
      ...shared,
      budget,
      model,
      vocabSize: tokenizer.vocabSize,
      objective,
      seed: 0,
      ...from.config,
      numerics: this.#inputs.numericsOf('pretrain', numerics),
    };
    return { config, locations: from.locations };
  }

  #trunkKey(trial: Pretrained, seed: number): string {
    return `${this.#trunkOf(trial)} ${seed}`;
  }

  /** What the trunks of all seeds share. */
  #trunkOf(trial: Pretrained): string {
    const known = this.#trunkKeys.get(trial);
    if (known !== undefined) return known;
    const { start, corpus, descriptions, tokenizer, pairs, model, pretrain, overLength, isFresh = false } = trial;
    const sections = [start, corpus, descriptions, tokenizer, pairs, model];
    const parts = [...sections, overLength, trial.numerics, String(isFresh)];
    const whole = `${this.#remembered.key(parts)} ${trunkConfig(pretrain)}`;
    const key = this.#trunks.get(whole) ?? `trunk-${this.#trunks.size}`;
    this.#trunks.set(whole, key);
    this.#trunkKeys.set(trial, key);
    return key;
  }
}

function stepsOf({ pretrain }: TrialSpec, budget: Budget): { readonly decayStart: number; readonly total: number } {
  return forkSteps(budgetSteps({ ...pretrain, budget }), pretrain.schedule);
}
