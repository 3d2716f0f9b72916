/**
 * The chain of one trial, stage by stage. Every function asks the stage set for a stage and gets the one that is there,
 * if it is.
 */
import type { TaskSpec } from '../spec/experiment-schema.ts';
import { armOf, forkSteps, type TrialSpec, type Tuning } from '../spec/index.ts';
import { budgetSteps, finetuneCost, modelCost, noCost, pretrainCost, type TrainedModel } from './cost.ts';
import type { PlannedStage, PlannedStageOf, PretrainConfig } from './stage.ts';
import { StageSet } from './stage-set.ts';
import { TrunkBudgets, trunkConfig, type Budget } from './trunk.ts';

/** Digests of what stages read that no other stage writes. */
export interface PlanInputs {
  readonly corpusLockDigest: string;
  /** sha256 of the raw files of a task; null for generated ones. */
  taskDataDigest(task: TaskSpec): string | null;
}

/** The last stages of a trial. */
export interface TrialEnd {
  readonly evaluate: PlannedStage;
  readonly baseline: PlannedStage;
}

/** bestOf of dev evaluations: best-of-N is not computed there, so the choice must not hang on the experiment's list. */
const devEvaluate = Object.freeze({ bestOf: Object.freeze([1]) as unknown as number[] });

export class TrialStages {
  readonly set = new StageSet();
  readonly #inputs: PlanInputs;
  readonly #budgets = new TrunkBudgets();
  readonly #remembered = new Map<string, PlannedStage | null>();
  readonly #selects = new Map<Tuning, PlannedStage>();
  readonly #numbers = new WeakMap<object, number>();
  #nextNumber = 0;

  constructor(inputs: PlanInputs) {
    this.#inputs = inputs;
  }

  /** First pass: every budget a trunk will have to serve. */
  noteBudget(trial: TrialSpec, seed: number): void {
    if (trial.pretrain.objective.kind !== 'none' && trial.pretrain.schedule.kind === 'wsd')
      this.#budgets.note(this.#trunkKey(trial, seed), trial.pretrain.budget);
  }

  /** Second pass: the trial's stages, in execution order. */
  addTrial(trial: TrialSpec, seed: number, tuning: Tuning | null): TrialEnd {
    const backbone = this.#backbone(trial, seed);
    const task = this.#task(trial);
    const baseline = this.#baseline(trial, seed, { task, backbone });
    const select = tuning === null ? null : this.#select(tuning);
    const finetune = this.#finetune(trial, seed, { task, backbone, select, selected: tuning?.paths ?? [] });
    const evaluate = this.set.add(
      'evaluate',
      { evaluate: trial.evaluate, split: 'test' },
      { task, model: finetune },
      modelCost(trained(trial)),
    );
    return { evaluate, baseline };
  }

  #tokenizer({ corpus, tokenizer }: TrialSpec): PlannedStageOf<'tokenizer'> {
    return this.#remember('tokenizer', [corpus, tokenizer], () => {
      const source = this.set.add('corpus', { corpus, lockDigest: this.#inputs.corpusLockDigest }, {}, noCost);
      return this.set.add('tokenizer', { tokenizer }, { corpus: source }, noCost);
    });
  }

  #pairs(trial: TrialSpec): PlannedStageOf<'pairs'> {
    const { corpus, tokenizer, pairs, model } = trial;
    return this.#remember('pairs', [corpus, tokenizer, pairs, model.contextLength], () => {
      const encoder = this.#tokenizer(trial);
      const source = this.set.add('corpus', { corpus, lockDigest: this.#inputs.corpusLockDigest }, {}, noCost);
      return this.set.add(
        'pairs',
        { pairs, contextLength: model.contextLength },
        { corpus: source, tokenizer: encoder },
        noCost,
      );
    });
  }

  #task(trial: TrialSpec): PlannedStageOf<'task'> {
    const { corpus, tokenizer, task, model } = trial;
    return this.#remember('task', [corpus, tokenizer, task, model.contextLength], () =>
      this.set.add(
        'task',
        { task, contextLength: model.contextLength, dataDigest: this.#inputs.taskDataDigest(task) },
        { tokenizer: this.#tokenizer(trial) },
        noCost,
      ),
    );
  }

  /** The pretrained model a trial starts from; null = random initialization. */
  #backbone(trial: TrialSpec, seed: number): PlannedStage | null {
    if (armOf(trial.pretrain) === 'scratch') return null;
    return this.#remember('backbone', [this.#trunkKey(trial, seed), trial.pretrain], () => {
      const segment = this.#segment(trial, seed, trial.pretrain.budget);
      if (trial.pretrain.schedule.kind === 'cosine') return segment;
      const { total, decayStart } = stepsOf(trial, trial.pretrain.budget);
      return this.set.add(
        'decay',
        segment.config,
        { pairs: this.#pairs(trial), trunk: segment },
        pretrainCost(total - decayStart, trained(trial), trial),
      );
    });
  }

  /** The trunk up to the fork of `budget` (wsd), or a whole run (cosine). */
  #segment(trial: TrialSpec, seed: number, budget: Budget): PlannedStageOf<'pretrain'> {
    const { model, tokenizer, pretrain } = trial;
    const { budget: _budget, objective, ...shared } = pretrain;
    if (objective.kind === 'none') throw new Error('a trial without pretraining has no trunk');
    const config: PretrainConfig = { ...shared, model, vocabSize: tokenizer.vocabSize, objective, seed, until: budget };
    const before = shared.schedule.kind === 'wsd' ? this.#budgets.before(this.#trunkKey(trial, seed), budget) : null;
    const pairs = this.#pairs(trial);
    const previous = before === null ? {} : { previous: this.#segment(trial, seed, before) };
    const steps = stepsOf(trial, budget).decayStart - (before === null ? 0 : stepsOf(trial, before).decayStart);
    return this.set.add(
      'pretrain',
      config,
      { pairs, ...previous },
      pretrainCost(Math.max(0, steps), trained(trial), trial),
    );
  }

  #baseline(
    trial: TrialSpec,
    seed: number,
    { task, backbone }: { readonly task: PlannedStage; readonly backbone: PlannedStage | null },
  ): PlannedStage {
    const { model, tokenizer, evaluate, pretrain } = trial;
    return this.#remember('baseline', [task, backbone, model, tokenizer, evaluate, seed], () =>
      this.set.add(
        'baseline',
        { model, vocabSize: tokenizer.vocabSize, evaluate, zeroShot: armOf(pretrain) === 'pmp', seed },
        { task, ...(backbone === null ? {} : { backbone }) },
        modelCost(trained(trial)),
      ),
    );
  }

  #finetune(
    { model, tokenizer, finetune, task: taskSpec }: TrialSpec,
    seed: number,
    from: {
      readonly task: PlannedStage;
      readonly backbone: PlannedStage | null;
      readonly select: PlannedStage | null;
      readonly selected: readonly string[];
    },
  ): PlannedStageOf<'finetune'> {
    const { task, backbone, select, selected } = from;
    const inputs = { task, ...(backbone === null ? {} : { backbone }), ...(select === null ? {} : { select }) };
    return this.set.add(
      'finetune',
      { model, vocabSize: tokenizer.vocabSize, finetune, selected, seed },
      inputs,
      finetuneCost(finetune, { model, vocabSize: tokenizer.vocabSize }, taskSpec),
    );
  }

  #select(tuning: Tuning): PlannedStage {
    const known = this.#selects.get(tuning);
    if (known !== undefined) return known;
    const runs = tuning.candidates.map(({ values, spec }, index) => {
      const task = this.#task(spec);
      const backbone = this.#backbone(spec, tuning.seed);
      const finetune = this.#finetune(spec, tuning.seed, { task, backbone, select: null, selected: [] });
      const evaluate = this.set.add(
        'evaluate',
        { evaluate: devEvaluate, split: 'dev' },
        { task, model: finetune },
        modelCost(trained(spec)),
      );
      return { input: `candidate-${index}`, values, evaluate };
    });
    const select = this.set.add(
      'select',
      { candidates: runs.map(({ input, values }) => ({ input, values })) },
      Object.fromEntries(runs.map(({ input, evaluate }) => [input, evaluate])),
      noCost,
    );
    this.#selects.set(tuning, select);
    return select;
  }

  #trunkKey({ corpus, tokenizer, pairs, model, pretrain }: TrialSpec, seed: number): string {
    return `${this.#key([corpus, tokenizer, pairs, model, seed])} ${trunkConfig(pretrain)}`;
  }

  /** Sections that are equal are one object, so an object's number stands for its content. */
  #key(parts: readonly (object | string | number | null)[]): string {
    return parts
      .map((part) => (typeof part === 'object' && part !== null ? `#${this.#number(part)}` : String(part)))
      .join(' ');
  }

  #number(value: object): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#nextNumber += 1;
    this.#numbers.set(value, this.#nextNumber);
    return this.#nextNumber;
  }

  #remember<S extends PlannedStage>(
    what: string,
    parts: readonly (object | string | number | null)[],
    make: () => S,
  ): S {
    const key = `${what} ${this.#key(parts)}`;
    const known = this.#remembered.get(key);
    if (known) return known as S;
    const stage = make();
    this.#remembered.set(key, stage);
    return stage;
  }
}

function trained({ model, tokenizer }: TrialSpec): TrainedModel {
  return { model, vocabSize: tokenizer.vocabSize };
}

function stepsOf({ pretrain }: TrialSpec, budget: Budget): { readonly decayStart: number; readonly total: number } {
  return forkSteps(budgetSteps({ ...pretrain, budget }), pretrain.schedule);
}
