/** The rows of one experiment: its last plan. The outcomes of its trials are derived later. */
import { numberOf, textOf } from '../store/index.ts';
import type { ExperimentRecord, RecordedStageCost, RecordedTrial } from './experiment-file.ts';
import type { Writers } from './writers.ts';

export function addExperiment(writers: Writers, record: ExperimentRecord): void {
  const { experiment, stages, trials } = record;
  writers.experiments.add({
    experiment,
    question: record.question,
    command: record.command,
    trials: trials.length,
    excluded: record.excluded,
    duplicates: record.duplicates,
    spec_text: record.specText,
    claims: JSON.stringify(record.claims),
  });
  for (const [position, stage] of stages.entries()) addPlannedStage(writers, experiment, stage, position);
  for (const [position, trial] of trials.entries()) addTrial(writers, experiment, trial, position);
  addTrialStages(writers, record);
}

function addPlannedStage(
  writers: Writers,
  experiment: string,
  { id, kind, name, cost, plannedInputs }: RecordedStageCost,
  position: number,
): void {
  writers.planned_stages.add({
    experiment,
    stage_id: id,
    kind,
    name,
    position,
    inputs: plannedInputs === null ? null : JSON.stringify(plannedInputs),
    steps: numberOf(cost, 'steps'),
    pairs: numberOf(cost, 'pairs'),
    params_total: numberOf(cost, 'paramsTotal'),
    params_non_embedding: numberOf(cost, 'paramsNonEmbedding'),
    train_flops: numberOf(cost, 'trainFlops'),
  });
}

function addTrial(writers: Writers, experiment: string, trial: RecordedTrial, position: number): void {
  const { axes } = trial;
  writers.trials.add({
    experiment,
    trial_id: trial.id,
    seed: trial.seed,
    axes: JSON.stringify(axes),
    model: textOf(axes, 'model'),
    arm: textOf(axes, 'arm'),
    pmp_pairs: numberOf(axes, 'pmpPairs'),
    pretrain_pairs: numberOf(axes, 'pretrainPairs'),
    task: textOf(axes, 'task'),
    samples: numberOf(axes, 'samples'),
    evaluate_stage: trial.evaluate,
    baseline_stage: trial.baseline,
    position,
  });
}

function addTrialStages(writers: Writers, { experiment, stages, trials }: ExperimentRecord): void {
  const kinds = new Map(stages.map(({ id, kind }) => [id, kind]));
  for (const trial of trials)
    for (const [position, id] of trial.stages.entries())
      writers.trial_stages.add({ experiment, trial_id: trial.id, stage_id: id, kind: kinds.get(id) ?? null, position });
}
