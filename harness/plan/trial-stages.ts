/**
 * The chain of one trial, stage by stage. Every function asks the stage set for a stage and gets the one that is there,
 * if it is.
 */
import { scoringVersionOf } from '../kinds/index.ts';
import { forkSteps, kindOf, type TrialSpec, type Tuning } from '../spec/index.ts';
import { graderOf } from '../kinds/index.ts';
import { type AuditConfig, type EvaluateConfig, type FinetuneConfig, type PretrainConfig } from '../stages/index.ts';
import { configuredSection, configuredStart, encodingOf, noStart, pluginOf, templatesDigestOf } from './configured.ts';
import { budgetSteps, finetuneCost, noCost, pretrainCost, scoringCost } from './cost.ts';
import { DataStages, type Pretrained } from './data-stages.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { Remembered } from './remembered.ts';
import type { PlannedStage, PlannedStageOf } from './stage.ts';
import { StageSet, type Configured } from './stage-set.ts';
import { TrunkBudgets, trunkConfig, type Budget } from './trunk.ts';

/** The last stages of a trial. */
export interface TrialEnd {
  readonly evaluate: PlannedStage;
  readonly baseline: PlannedStage;
  /** What is known of its pairs; null without pretraining on preferences. Nothing waits for it. */
  readonly audit: PlannedStage | null;
  /** What rankers without understanding reach; nothing waits for it. */
  readonly ranker: PlannedStage;
}

/** bestOf of dev evaluations: best-of-N is not computed there, so the choice must not hang on the experiment's list. */
const devEvaluate: EvaluateConfig['evaluate'] = Object.freeze({ bestOf: Object.freeze([1]) as unknown as number[] });

/** The same for every experiment: a report compares audits. */
const auditConfig: AuditConfig = Object.freeze({ sample: 2000, shown: 10, seed: 0 });

export class TrialStages {
  readonly set = new StageSet();
  readonly #inputs: PlanInputs;
  readonly #budgets = new TrunkBudgets();
  readonly #remembered = new Remembered();
  readonly #selects = new Map<Tuning, PlannedStage>();
  readonly #data: DataStages;

  constructor(inputs: PlanInputs) {
    this.#inputs = inputs;
    const train = (trial: Pretrained, seed: number): PlannedStage | null => this.#backbone(trial, seed);
    this.#data = new DataStages({ set: this.set, remembered: this.#remembered, inputs, train });
  }

  /** First pass: every budget a trunk will have to serve. */
  noteBudget(trial: TrialSpec, seed: number): void {
    if (trial.pretrain.objective.kind !== 'none' && trial.pretrain.schedule.kind === 'wsd')
      this.#budgets.note(this.#trunkKey(trial, seed), trial.pretrain.budget);
  }

  /** Second pass: the trial's stages, in execution order. */
  addTrial(trial: TrialSpec, seed: number, tuning: Tuning | null): TrialEnd {
    // Before anything is trained: contaminated data are refused while nothing is lost.
    const contamination = this.#contamination(trial);
    const audit = this.#audit(trial);
    const task = this.#task(trial);
    const ranker = this.set.add('ranker', { config: { samples: trial.finetune.samples, seed } }, { task }, noCost);
    const backbone = this.#backbone(trial, seed);
    const baseline = this.#baseline(trial, seed, { task, backbone, contamination });
    const select = tuning === null ? null : this.#select(tuning);
    const selected = tuning?.paths ?? [];
    const finetune = this.#finetune(trial, seed, { task, backbone, contamination, select, selected });
    const evaluate = this.#evaluate(trial, { bestOf: trial.evaluate.bestOf }, 'test', { task, model: finetune });
    return { evaluate, baseline, audit, ranker };
  }

  #task(trial: TrialSpec): PlannedStageOf<'task'> {
    const { start, corpus, tokenizer, task, model, overLength } = trial;
    const parts = [start, corpus, tokenizer, task, model.contextLength, overLength];
    return this.#remembered.stage('task', parts, () => {
      const { kinds, digestOf } = this.#inputs;
      const kind = kindOf(kinds.tasks, task);
      const { section, locations } = configuredSection('task', task, kind);
      const grader = graderOf(kind, task, kinds);
      const config = {
        task: section,
        ...encodingOf(trial),
        dataDigest: digestOf(kind, task),
        graderVersion: grader === null || grader.version === 1 ? null : grader.version,
        scoringVersion: scoringVersionOf(kind.scoring),
        templatesDigest: templatesDigestOf(kind, task, trial, kinds),
        plugin: pluginOf(grader === null ? [kind] : [kind, grader], kinds),
      };
      return this.set.add('task', { config, locations }, { tokenizer: this.#data.tokenizer(trial) }, noCost);
    });
  }

  #audit(trial: TrialSpec): PlannedStageOf<'audit'> | null {
    const { pairs, pretrain } = trial;
    if (pairs === null || pretrain.objective.kind === 'none') return null;
    if (kindOf(this.#inputs.kinds.pairs, pairs).hasPreference === false) return null;
    const corpus = trial.corpus === null ? {} : { corpus: this.#data.corpus(trial.corpus) };
    const inputs = { pairs: this.#data.pairs(trial), tokenizer: this.#data.tokenizer(trial), ...corpus };
    return this.set.add('audit', { config: auditConfig }, inputs, noCost);
  }

  /**
   * An input of what is finetuned and scored, without identity: it stops the trial, and only this one, before its
   * training; a check that is added or accepts more does not make results anew.
   */
  #contamination(trial: TrialSpec): PlannedStageOf<'contamination'> {
    const { task, evaluate, pretrain } = trial;
    const { sameness = 'words' } = kindOf(this.#inputs.kinds.tasks, task);
    const config = { task: task.name, sameness, accept: evaluate.contamination.accept };
    const pairs = pretrain.objective.kind === 'none' ? {} : { pairs: this.#data.pairs(trial) };
    return this.set.add('contamination', { config }, { ...pairs, task: this.#task(trial) }, noCost);
  }

  /** The pretrained model a trial starts from; null = the start itself. */
  #backbone(trial: Pretrained, seed: number): PlannedStage | null {
    if (trial.pretrain.objective.kind === 'none') return null;
    return this.#remembered.stage('backbone', [this.#trunkKey(trial, seed), trial.pretrain], () => {
      const { segment, configured } = this.#segment(trial, seed, trial.pretrain.budget);
      if (trial.pretrain.schedule.kind === 'cosine') return segment;
      const { total, decayStart } = stepsOf(trial, trial.pretrain.budget);
      const cost = pretrainCost(total - decayStart, trial, this.#inputs.kinds);
      const config = { ...configured.config, ...noStart, numerics: this.#inputs.numericsOf('decay', trial.numerics) };
      return this.set.add('decay', { config }, { pairs: this.#data.pairs(trial), trunk: segment }, cost);
    });
  }

  /** The trunk up to the fork of `budget` (wsd), or a whole run (cosine). */
  #segment(trial: Pretrained, seed: number, budget: Budget): Segment {
    const { model, tokenizer, pretrain, start, isFresh } = trial;
    const { objective, ...shared } = pretrain;
    if (objective.kind === 'none') throw new Error('a trial without pretraining has no trunk');
    const from = isFresh === true ? { config: noStart, locations: {} } : configuredStart(start, this.#inputs);
    const config: PretrainConfig = {
      ...shared,
      budget,
      model,
      vocabSize: tokenizer.vocabSize,
      objective,
      seed,
      ...from.config,
      numerics: this.#inputs.numericsOf('pretrain', trial.numerics),
    };
    const configured = { config, locations: from.locations };
    const before = shared.schedule.kind === 'wsd' ? this.#budgets.before(this.#trunkKey(trial, seed), budget) : null;
    const pairs = this.#data.pairs(trial);
    const previous = before === null ? {} : { previous: this.#segment(trial, seed, before).segment };
    const steps = stepsOf(trial, budget).decayStart - (before === null ? 0 : stepsOf(trial, before).decayStart);
    const cost = pretrainCost(Math.max(0, steps), trial, this.#inputs.kinds);
    return { segment: this.set.add('pretrain', configured, { pairs, ...previous }, cost), configured };
  }

  #baseline(trial: TrialSpec, seed: number, { task, backbone, contamination }: BaselineInputs): PlannedStage {
    const { model, tokenizer, evaluate, pretrain, start } = trial;
    const parts = [task, backbone, contamination, model, tokenizer, evaluate, start, trial.numerics, seed];
    return this.#remembered.stage('baseline', parts, () => {
      const begin = this.#begin(trial, backbone);
      const config = {
        model,
        vocabSize: tokenizer.vocabSize,
        evaluate: { bestOf: evaluate.bestOf },
        zeroShot: pretrain.objective.kind === 'pmp',
        seed,
        numerics: this.#inputs.numericsOf('baseline', trial.numerics),
        ...begin.config,
      };
      const inputs = { task, ...(backbone === null ? {} : { backbone }), contamination };
      const cost = scoringCost(trial, this.#inputs.kinds, { split: 'test', passes: config.zeroShot ? 2 : 1 });
      return this.set.add('baseline', { ...begin, config }, inputs, cost);
    });
  }

  #finetune(trial: TrialSpec, seed: number, from: FinetuneInputs): PlannedStageOf<'finetune'> {
    const { model, tokenizer, finetune } = trial;
    const { task, backbone, contamination, select, selected } = from;
    const begin = this.#begin(trial, backbone);
    const config: FinetuneConfig = {
      model,
      vocabSize: tokenizer.vocabSize,
      finetune,
      selected,
      seed,
      numerics: this.#inputs.numericsOf('finetune', trial.numerics),
      ...begin.config,
    };
    const inputs = {
      task,
      ...(backbone === null ? {} : { backbone }),
      ...(select === null ? {} : { select }),
      contamination,
    };
    return this.set.add('finetune', { ...begin, config }, inputs, finetuneCost(trial, this.#inputs.kinds));
  }

  /** What a stage begins with that its backbone does not already say. */
  #begin({ start }: TrialSpec, backbone: PlannedStage | null): ReturnType<typeof configuredStart> {
    return backbone === null ? configuredStart(start, this.#inputs) : { config: noStart, locations: {} };
  }

  #evaluate(
    trial: TrialSpec,
    evaluate: EvaluateConfig['evaluate'],
    split: 'dev' | 'test',
    inputs: { readonly task: PlannedStage; readonly model: PlannedStage },
  ): PlannedStage {
    const config = { evaluate, split, numerics: this.#inputs.numericsOf('evaluate', trial.numerics) };
    return this.set.add('evaluate', { config }, inputs, scoringCost(trial, this.#inputs.kinds, { split, passes: 1 }));
  }

  #select(tuning: Tuning): PlannedStage {
    const known = this.#selects.get(tuning);
    if (known !== undefined) return known;
    const runs = tuning.candidates.map(({ values, spec }, index) => {
      const task = this.#task(spec);
      const backbone = this.#backbone(spec, tuning.seed);
      const contamination = this.#contamination(spec);
      const model = this.#finetune(spec, tuning.seed, { task, backbone, contamination, select: null, selected: [] });
      const evaluate = this.#evaluate(spec, devEvaluate, 'dev', { task, model });
      return { input: `candidate-${index}`, values, evaluate };
    });
    const config = { candidates: runs.map(({ input, values }) => ({ input, values })) };
    const inputs = Object.fromEntries(runs.map(({ input, evaluate }) => [input, evaluate]));
    const select = this.set.add('select', { config }, inputs, noCost);
    this.#selects.set(tuning, select);
    return select;
  }

  #trunkKey(trial: Pretrained, seed: number): string {
    const { start, corpus, descriptions, tokenizer, pairs, model, pretrain, isFresh = false } = trial;
    const { overLength, numerics } = trial;
    const parts = [start, corpus, descriptions, tokenizer, pairs, model, overLength, numerics, seed, String(isFresh)];
    return `${this.#remembered.key(parts)} ${trunkConfig(pretrain)}`;
  }
}

interface Segment {
  readonly segment: PlannedStageOf<'pretrain'>;
  readonly configured: Configured<PretrainConfig>;
}

interface BaselineInputs {
  readonly task: PlannedStage;
  readonly backbone: PlannedStage | null;
  readonly contamination: PlannedStage;
}

interface FinetuneInputs extends BaselineInputs {
  readonly select: PlannedStage | null;
  readonly selected: readonly string[];
}

function stepsOf({ pretrain }: TrialSpec, budget: Budget): { readonly decayStart: number; readonly total: number } {
  return forkSteps(budgetSteps({ ...pretrain, budget }), pretrain.schedule);
}
