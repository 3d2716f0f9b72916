/**
 * The chain of one trial, stage by stage. Every function asks the stage set for a stage and gets the one that is there,
 * if it is. What does not hang on the seed is worked out once a point of the sweep.
 */
import { graderOf, scoringVersionOf } from '../kinds/index.ts';
import { kindOf, type TrialSpec, type Tuning } from '../spec/index.ts';
import type { AuditConfig, EvaluateConfig } from '../stages/index.ts';
import { Backbones } from './backbones.ts';
import { configuredSection, configuredStart, encodingOf, noStart, pluginOf, templatesDigestOf } from './configured.ts';
import { finetuneCost, noCost, scoringCost } from './cost.ts';
import { DataStages } from './data-stages.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { Remembered } from './remembered.ts';
import type { PlannedStage, PlannedStageOf } from './stage.ts';
import { StageSet, stageTemplate, type StageTemplate } from './stage-set.ts';

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

/** What a trial needs whatever its seed. */
interface SeedlessStages {
  readonly contamination: PlannedStage;
  readonly audit: PlannedStage | null;
  readonly task: PlannedStage;
}

export class TrialStages {
  readonly set = new StageSet();
  readonly backbones: Backbones;
  readonly #inputs: PlanInputs;
  readonly #remembered = new Remembered();
  readonly #seedless = new Map<TrialSpec, SeedlessStages>();
  readonly #selects = new Map<Tuning, PlannedStage>();
  readonly #data: DataStages;

  constructor(inputs: PlanInputs) {
    const shared = { set: this.set, remembered: this.#remembered, inputs };
    this.#inputs = inputs;
    this.#data = new DataStages({ ...shared, train: (trial, seed) => this.backbones.of(trial, seed) });
    this.backbones = new Backbones({ ...shared, data: this.#data });
  }

  /** The trial's stages, in execution order. Every budget of its trunk must have been noted before. */
  addTrial(trial: TrialSpec, seed: number, tuning: Tuning | null): TrialEnd {
    const { contamination, audit, task } = this.#withoutSeed(trial);
    const ranker = this.#ranker(trial, seed, task);
    const backbone = this.backbones.of(trial, seed);
    const baseline = this.#baseline(trial, seed, { task, backbone, contamination });
    const select = tuning === null ? null : this.#select(tuning);
    const selected = tuning?.paths ?? nothingSelected;
    const finetune = this.#finetune(trial, seed, { task, backbone, contamination, select, selected });
    const evaluate = this.#evaluate(trial, 'test', { task, model: finetune });
    return { evaluate, baseline, audit, ranker };
  }

  #withoutSeed(trial: TrialSpec): SeedlessStages {
    const known = this.#seedless.get(trial);
    if (known !== undefined) return known;
    // Before anything is trained: contaminated data are refused while nothing is lost.
    const contamination = this.#contamination(trial);
    const stages = { contamination, audit: this.#audit(trial), task: this.#task(trial) };
    this.#seedless.set(trial, stages);
    return stages;
  }

  #task(trial: TrialSpec): PlannedStageOf<'task'> {
    const { start, corpus, tokenizer, task, model, overLength } = trial;
    const parts = [start, corpus, tokenizer, task, model.contextLength, model.responseEnd, overLength];
    return this.#remembered.once('task', parts, () => {
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
    const ofStart = this.backbones.pairsOfStart(trial);
    const inputs = { ...pairs, ...(ofStart === null ? {} : { startPairs: ofStart }), task: this.#task(trial) };
    return this.set.add('contamination', { config }, inputs, noCost);
  }

  #ranker({ finetune: { samples } }: TrialSpec, seed: number, task: PlannedStage): PlannedStageOf<'ranker'> {
    const template = this.#remembered.once('ranker', [samples], () =>
      stageTemplate('ranker', { config: { samples, seed: 0 } }, noCost),
    );
    return this.set.addFrom(template, seed, { task });
  }

  #baseline(trial: TrialSpec, seed: number, { task, backbone, contamination }: BaselineInputs): PlannedStage {
    const { model, tokenizer, evaluate, pretrain, start, task: ofTask } = trial;
    const zeroShot = pretrain.objective.kind === 'pmp';
    const isFirst = backbone === null;
    const parts = [model, tokenizer, evaluate, start, ofTask, trial.numerics, String(zeroShot), String(isFirst)];
    const template = this.#remembered.once('baseline template', parts, (): StageTemplate<'baseline'> => {
      const begin = this.#begin(trial, isFirst);
      const config = {
        model,
        vocabSize: tokenizer.vocabSize,
        evaluate: { bestOf: evaluate.bestOf },
        zeroShot,
        seed: 0,
        numerics: this.#inputs.numericsOf('baseline', trial.numerics),
        ...begin.config,
      };
      const cost = scoringCost(trial, this.#inputs.kinds, { split: 'test', passes: zeroShot ? 2 : 1 });
      return stageTemplate('baseline', { ...begin, config }, cost);
    });
    const from = this.#from(trial, backbone);
    return this.#remembered.once('baseline', [template, task, ...Object.values(from), contamination, seed], () =>
      this.set.addFrom(template, seed, { task, ...from, contamination }),
    );
  }

  #finetune(trial: TrialSpec, seed: number, from: FinetuneInputs): PlannedStageOf<'finetune'> {
    const { model, tokenizer, finetune, start, task: ofTask } = trial;
    const { task, backbone, contamination, select, selected } = from;
    const isFirst = backbone === null;
    const parts = [model, tokenizer, finetune, start, ofTask, selected, trial.numerics, String(isFirst)];
    const template = this.#remembered.once('finetune', parts, (): StageTemplate<'finetune'> => {
      const begin = this.#begin(trial, isFirst);
      const config = {
        model,
        vocabSize: tokenizer.vocabSize,
        finetune,
        selected,
        seed: 0,
        numerics: this.#inputs.numericsOf('finetune', trial.numerics),
        ...begin.config,
      };
      return stageTemplate('finetune', { ...begin, config }, finetuneCost(trial, this.#inputs.kinds));
    });
    const inputs = {
      task,
      ...this.#from(trial, backbone),
      ...(select === null ? {} : { select }),
      contamination,
    };
    return this.set.addFrom(template, seed, inputs);
  }

  #from(trial: TrialSpec, backbone: PlannedStage | null): { readonly [input: string]: PlannedStage } {
    return backbone === null ? { ...this.backbones.startOf(trial) } : { backbone };
  }

  /** What a stage begins with that its backbone does not already say. */
  #begin({ start }: TrialSpec, isFirst: boolean): ReturnType<typeof configuredStart> {
    return isFirst ? configuredStart(start, this.#inputs) : { config: noStart, locations: {} };
  }

  #evaluate(
    trial: TrialSpec,
    split: 'dev' | 'test',
    inputs: { readonly task: PlannedStage; readonly model: PlannedStage },
  ): PlannedStage {
    const { model, tokenizer, evaluate: section, task, numerics } = trial;
    const template = this.#remembered.once('evaluate', [model, tokenizer, section, task, numerics, split], () => {
      const evaluate = split === 'dev' ? devEvaluate : { bestOf: section.bestOf };
      const config = { evaluate, split, numerics: this.#inputs.numericsOf('evaluate', trial.numerics) };
      return stageTemplate('evaluate', { config }, scoringCost(trial, this.#inputs.kinds, { split, passes: 1 }));
    });
    return this.set.addFrom(template, null, inputs);
  }

  #select(tuning: Tuning): PlannedStage {
    const known = this.#selects.get(tuning);
    if (known !== undefined) return known;
    const isOne = tuning.seeds.length === 1;
    const runs = tuning.candidates.flatMap(({ values, spec }, index) => {
      const task = this.#task(spec);
      const contamination = this.#contamination(spec);
      return tuning.seeds.map((seed) => {
        const backbone = this.backbones.of(spec, seed);
        const from = { task, backbone, contamination, select: null, selected: nothingSelected };
        const model = this.#finetune(spec, seed, from);
        const input = isOne ? `candidate-${index}` : `candidate-${index}-seed-${seed}`;
        return { input, values, evaluate: this.#evaluate(spec, 'dev', { task, model }) };
      });
    });
    const config = { candidates: runs.map(({ input, values }) => ({ input, values })) };
    const inputs = Object.fromEntries(runs.map(({ input, evaluate }) => [input, evaluate]));
    const select = this.set.add('select', { config }, inputs, noCost);
    this.#selects.set(tuning, select);
    return select;
  }
}

/** One object, since templates are remembered by it. */
const nothingSelected: readonly string[] = Object.freeze([]);

interface BaselineInputs {
  readonly task: PlannedStage;
  readonly backbone: PlannedStage | null;
  readonly contamination: PlannedStage;
}

interface FinetuneInputs extends BaselineInputs {
  readonly select: PlannedStage | null;
  readonly selected: readonly string[];
}
