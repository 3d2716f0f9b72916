/**
 * What a stage has to do, in the units that time is predicted from: FLOPs and bytes of its steps from the very program
 * they will run, pairs to read, functions to cut out. Here, because `plan` may not see training programs; it gets the
 * numbers.
 */
import { architectureKey, modelConfig, type ModelConfig } from '../../model/index.ts';
import {
  taskPairLengths,
  taskSizes,
  withinContext,
  corpusPairLengths,
  type PairLengths,
  type PlannedStage,
  type StageConfigs,
  type StageWork,
  type Work,
} from '../../plan/index.ts';
import type { CorpusSpec } from '../../spec/experiment-schema.ts';
import { trainingOf, type Training } from './training-of.ts';
import { asWork, type StepCosts } from './step-costs.ts';

/** A stage of a plan, or one that was run and says as much about itself. */
export type DescribedStage = Pick<PlannedStage, 'kind' | 'config' | 'inputs'>;

export interface WorkContext {
  /** The stage with this id, null where it is not known. */
  stage(id: string): DescribedStage | null;
  /** Mean lengths that this `task` or `pairs` stage recorded of a set of its pairs; null where it has not run. */
  recordedLengths(id: string): PairLengths | null;
  readonly steps: StepCosts;
}

/** @param steps Training steps of the stage; null where it has none. */
export async function stageWork(stage: DescribedStage, steps: number | null, context: WorkContext): Promise<StageWork> {
  const { kind, config } = stage as PlannedStage;
  switch (kind) {
    case 'corpus':
      return simple(kind, { functionsMade: functionCount(config.corpus) });
    case 'tokenizer':
      return simple(kind, { functionsRead: functionCount(corpusOf(stage, context)) });
    case 'pairs':
      return simple(kind, { pairsMade: functionCount(corpusOf(stage, context)) * config.pairs.mutantsPerFunction });
    case 'task':
      return simple(kind, {});
    case 'select':
      return simple(kind, {});
    case 'pretrain':
    case 'decay':
      return pretrainWork(kind, config, steps ?? 0, stage, context);
    case 'finetune':
      return finetuneWork(config, steps ?? config.finetune.steps, stage, context);
    case 'baseline':
      return scoringWork(kind, modelConfig(config), stage, { split: 'test', passes: config.zeroShot ? 2 : 1 }, context);
    case 'evaluate':
      return evaluateWork(config, stage, context);
  }
}

function simple(kind: StageWork['kind'], work: Work): StageWork {
  return { kind, model: null, data: JSON.stringify(work), work };
}

async function pretrainWork(
  kind: 'pretrain' | 'decay',
  config: StageConfigs['pretrain'],
  steps: number,
  stage: DescribedStage,
  context: WorkContext,
): Promise<StageWork> {
  const { objective, pairsPerStep } = config;
  const model = modelConfig(config);
  const training = trainingOf(stage) as Training;
  const lengths = pairLengthsOf(stage, model, context);
  const step = asWork(await context.steps.ofTraining(training.step, pairsPerStep, lengths));
  const corpus = corpusOf(stage, context);
  const mutants = pairsSpecOf(stage, context)?.pairs.mutantsPerFunction ?? 1;
  const isScored = kind === 'decay' && objective.kind === 'pmp';
  const heldOut = isScored
    ? await context.steps.ofScoring({
        model,
        questions: (corpus?.heldOutFunctions ?? 0) * mutants,
        responses: 2,
        lengths,
      })
    : {};
  return {
    kind,
    model: architectureKey(model),
    data: `${training.step.parts} ${pairsPerStep} ${stage.inputs['pairs'] ?? ''}`,
    work: total([repeated(step, steps), heldOut]),
  };
}

async function finetuneWork(
  config: StageConfigs['finetune'],
  steps: number,
  stage: DescribedStage,
  context: WorkContext,
): Promise<StageWork> {
  const model = modelConfig(config);
  const training = trainingOf(stage) as Training;
  const step = asWork(
    await context.steps.ofTraining(training.step, training.pairs, pairLengthsOf(stage, model, context)),
  );
  return {
    kind: 'finetune',
    model: architectureKey(model),
    data: `${config.finetune.pairsPerStep} ${stage.inputs['task'] ?? ''}`,
    work: repeated(step, steps),
  };
}

async function evaluateWork(
  { split }: StageConfigs['evaluate'],
  stage: DescribedStage,
  context: WorkContext,
): Promise<StageWork> {
  const finetune = context.stage(stage.inputs['model'] ?? '');
  if (finetune === null || finetune.kind !== 'finetune') return simple('evaluate', {});
  return scoringWork(
    'evaluate',
    modelConfig(finetune.config as StageConfigs['finetune']),
    stage,
    { split, passes: 1 },
    context,
  );
}

interface Scoring {
  readonly split: 'dev' | 'test';
  readonly passes: number;
}

async function scoringWork(
  kind: 'baseline' | 'evaluate',
  model: ModelConfig,
  stage: DescribedStage,
  { split, passes }: Scoring,
  context: WorkContext,
): Promise<StageWork> {
  const task = context.stage(stage.inputs['task'] ?? '');
  if (task === null || task.kind !== 'task') return simple(kind, {});
  const sizes = taskSizes((task.config as StageConfigs['task']).task);
  const set = { model, lengths: pairLengthsOf(stage, model, context) };
  const pairs = await context.steps.ofScoring({
    ...set,
    questions: split === 'dev' ? sizes.devPairs : sizes.testPairs,
    responses: 2,
  });
  const pool = await context.steps.ofScoring({
    ...set,
    questions: split === 'dev' ? 0 : sizes.questions,
    responses: sizes.candidates,
  });
  return {
    kind,
    model: architectureKey(model),
    data: `${split} ${passes} ${stage.inputs['task'] ?? ''}`,
    work: repeated(total([pairs, pool]), passes),
  };
}

/** Mean lengths of the pairs that a stage reads: recorded by the stage that made them, else expected. */
export function pairLengthsOf(stage: DescribedStage, model: ModelConfig, context: WorkContext): PairLengths {
  const id = stage.inputs['task'] ?? stage.inputs['pairs'] ?? '';
  const recorded = context.recordedLengths(id);
  if (recorded !== null) return recorded;
  const task = context.stage(stage.inputs['task'] ?? '');
  const corpus = corpusOf(stage, context);
  const expected =
    task !== null && task.kind === 'task'
      ? taskPairLengths((task.config as StageConfigs['task']).task, model.vocabSize)
      : corpus === null
        ? { prompt: 30, chosen: 50, rejected: 50 }
        : corpusPairLengths(corpus, model.vocabSize);
  return withinContext(expected, model.contextLength);
}

/** The corpus behind a stage, through its pairs, trunk or tokenizer. */
function corpusOf(stage: DescribedStage, context: WorkContext): CorpusSpec | null {
  if (stage.kind === 'corpus') return (stage.config as StageConfigs['corpus']).corpus;
  for (const name of ['corpus', 'pairs', 'tokenizer']) {
    const input = context.stage(stage.inputs[name] ?? '');
    if (input !== null) return corpusOf(input, context);
  }
  return null;
}

function pairsSpecOf(stage: DescribedStage, context: WorkContext): StageConfigs['pairs'] | null {
  const pairs = context.stage(stage.inputs['pairs'] ?? '');
  return pairs !== null && pairs.kind === 'pairs' ? (pairs.config as StageConfigs['pairs']) : null;
}

/**
 * Functions of the pinned packages up to a length: 19,815 measured up to 240 characters, 28,955 up to 400. A few
 * packages have their share.
 */
function functionCount(corpus: CorpusSpec | null): number {
  if (corpus === null) return 0;
  const all = 29_000 * (corpus.maxCharacters / 400) ** 0.74;
  return (corpus.packages ?? null) === null ? all : Math.min(all, 6000 * (corpus.packages?.length ?? 0));
}

function repeated(work: Work, times: number): Work {
  return Object.fromEntries(Object.entries(work).map(([unit, amount]) => [unit, amount * times]));
}

function total(works: readonly Work[]): Work {
  const sum: Record<string, number> = {};
  for (const work of works) for (const [unit, amount] of Object.entries(work)) sum[unit] = (sum[unit] ?? 0) + amount;
  return sum;
}
