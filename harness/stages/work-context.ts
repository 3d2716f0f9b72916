/**
 * What the stages need to say how much they have to do: FLOPs and bytes of their steps from the very program they will
 * run, and the sizes and lengths of what they read, recorded where it was read before and estimated where not.
 */
import { unknownLengths, withinContext, type PairLengths } from '../kinds/index.ts';
import { architectureKey, modelConfig, type ModelConfig } from '../model/index.ts';
import { kindOf, type KindSpec, type ObjectiveTerms } from '../spec/index.ts';
import { featuresOf, objectiveParts } from '../train/index.ts';
import type { CorpusConfig, PairsConfig, PretrainConfig, TaskConfig } from './configs.ts';
import { located } from './kind-io.ts';
import type { DescribedStage, StageWork, Training, WorkContext } from './stage-work.ts';
import { repeatedWork, totalWork, type Work } from './work.ts';

/** A stage that neither trains nor scores. */
export function plainWork(kind: string, work: Work): StageWork {
  return { kind, model: null, data: JSON.stringify(work), work };
}

/** What stages of before these fields were there did. */
const unset = { momentStorage: null, ema: null } as const;

type Trained = Pick<PretrainConfig, 'model' | 'vocabSize' | 'optimizer' | 'pairsPerStep'>;

/** @param features Whatever else the config says about its steps. */
export function trainingOf(
  config: Trained,
  objective: ObjectiveTerms,
  features: Parameters<typeof featuresOf>[0],
): Training {
  const { optimizer, pairsPerStep } = config;
  return {
    pairs: pairsPerStep,
    step: {
      model: modelConfig(config),
      parts: objectiveParts(objective),
      objective,
      optimizer: { ...unset, ...optimizer },
      features: featuresOf({ ...features, ...objective }),
    },
  };
}

/** Mean lengths of the pairs that a stage reads: recorded by the stage that made them, else expected. */
export function pairLengthsOf(stage: DescribedStage, model: ModelConfig, context: WorkContext): PairLengths {
  const recorded = context.recordedLengths(stage.inputs['task'] ?? stage.inputs['pairs'] ?? '');
  return recorded ?? withinContext(expectedLengths(stage, model.vocabSize, context), model.contextLength);
}

function expectedLengths(stage: DescribedStage, vocabSize: number, context: WorkContext): PairLengths {
  const task = taskOf(stage, context);
  if (task !== null) return kindOf(context.kinds.tasks, task.task).lengths(task.task, vocabSize);
  const corpus = corpusOf(stage, context);
  const ofCorpus = corpus === null ? null : kindOf(context.kinds.corpora, corpus).lengths(corpus, vocabSize);
  const pairs = pairsOf(stage, context);
  if (pairs === null) return ofCorpus ?? unknownLengths;
  return kindOf(context.kinds.pairs, pairs).lengths(pairs, ofCorpus, vocabSize);
}

/** Functions that the corpus behind a stage is expected to have. */
export function expectedFunctions(
  stage: DescribedStage,
  context: WorkContext,
): { readonly functions: number; readonly heldOut: number } | null {
  const corpus = corpusOf(stage, context);
  return corpus === null ? null : kindOf(context.kinds.corpora, corpus).expectedFunctions(corpus);
}

/** Pairs that the pairs stage behind a stage (or it itself) is expected to make. */
export function expectedPairs(
  stage: DescribedStage,
  context: WorkContext,
): { readonly pairs: number; readonly heldOut: number } {
  const pairs = stage.kind === 'pairs' ? pairsSection(stage) : pairsOf(stage, context);
  if (pairs === null) return { pairs: 0, heldOut: 0 };
  return kindOf(context.kinds.pairs, pairs).expectedPairs(pairs, expectedFunctions(stage, context));
}

export function taskOf(stage: DescribedStage, context: WorkContext): TaskConfig | null {
  const task = context.stage(stage.inputs['task'] ?? '');
  return task?.kind === 'task' ? (task.config as TaskConfig) : null;
}

function pairsOf(stage: DescribedStage, context: WorkContext): KindSpec | null {
  const pairs = context.stage(stage.inputs['pairs'] ?? '');
  return pairs?.kind === 'pairs' ? pairsSection(pairs) : null;
}

/** As it was written: with what other stages stand for. */
function pairsSection(stage: DescribedStage): KindSpec {
  return located(stage as DescribedStage<PairsConfig>, 'pairs');
}

/** The corpus behind a stage, through its pairs, trunk or tokenizer. */
function corpusOf(stage: DescribedStage, context: WorkContext): CorpusConfig['corpus'] | null {
  if (stage.kind === 'corpus') return (stage.config as CorpusConfig).corpus;
  for (const name of ['corpus', 'descriptions', 'pairs', 'tokenizer']) {
    const input = context.stage(stage.inputs[name] ?? '');
    if (input !== null) return corpusOf(input, context);
  }
  return null;
}

export interface Scoring {
  readonly split: 'dev' | 'test';
  /** How often the whole split is scored. */
  readonly passes: number;
}

/** Scoring a task's split: its pairs, and on `test` its pool. */
export async function scoringWork(
  stage: DescribedStage,
  model: ModelConfig,
  { split, passes }: Scoring,
  context: WorkContext,
): Promise<StageWork> {
  const config = taskOf(stage, context);
  if (config === null) return plainWork(stage.kind, {});
  const sizes = kindOf(context.kinds.tasks, config.task).sizes(config.task);
  const set = { model, lengths: pairLengthsOf(stage, model, context) };
  const pairs = await context.steps.ofScoring({ ...set, questions: sizes[`${split}Pairs`], responses: 2 });
  const questions = split === 'dev' ? 0 : sizes.questions;
  const pool = await context.steps.ofScoring({ ...set, questions, responses: sizes.candidates });
  return {
    kind: stage.kind,
    model: architectureKey(model),
    data: `${split} ${passes} ${stage.inputs['task'] ?? ''}`,
    work: repeatedWork(totalWork([pairs, pool]), passes),
  };
}
