/** A training job: what Python is told, and what comes back. Tensors stay in files, but for those that lie in none. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { oneRank } from '../../spec/experiment-schema.ts';
import {
  clearResumePoint,
  findResumePoint,
  logEverySteps,
  orderFile,
  resumeFile,
  stateInFile,
  type StagePlace,
  type StageRun,
  type TrainedRun,
  type Weights,
} from '../../stages/index.ts';
import {
  asStored,
  plainTraining,
  stateLayout,
  type StateLayout,
  type TrainFeatures,
  type TrainOutcome,
} from '../../train/index.ts';
import type { JobEvent } from './events.ts';
import { computingOf, newJob, placeModel, placeWeights, writeJob } from './job-files.ts';
import { relay } from './relay.ts';
import type { RunJob } from './run-job.ts';

/** From the resume point in the stage's folder where there is one. */
export async function trainByTorch(place: StagePlace, run: StageRun, runJob: RunJob): Promise<TrainedRun> {
  const job = newJob(place);
  const from = stateOf(place, run);
  tellOfSharded(place);
  const stop = (): void => writeFileSync(path.join(job, 'stop'), '');
  try {
    await writeTrainJob(job, place, run, from?.file);
    if (place.signal.aborted) stop();
    place.signal.addEventListener('abort', stop);
    const ended = await runJob(job, relay(place, from?.step ?? 0));
    if (ended['outcome'] !== 'interrupted') clearResumePoints(place.folder);
    return runOf(ended, job, layoutOf(run));
  } finally {
    place.signal.removeEventListener('abort', stop);
    rmSync(job, { recursive: true, force: true });
  }
}

/** The state that the run goes on from; null where it begins with weights. */
function stateOf(place: StagePlace, run: StageRun): { readonly file: string; readonly step: number } | null {
  const layout = layoutOf(run);
  const found = findResumePoint(place, layout, run.toStep);
  if (found !== null) return found;
  if (run.start.kind === 'weights') return null;
  const { file } = run.start;
  return { file, step: stateInFile(file, layout).step };
}

function layoutOf({ model, features = plainTraining, optimizer }: StageRun): StateLayout {
  return stateLayout(model, { trainable: features.trainable, optimizer });
}

/** Beside the stage's own resume point: of a model that no process holds as a whole. */
const shardedResume = 'resume.sharded';

function clearResumePoints(folder: string): void {
  clearResumePoint(folder);
  for (const left of [shardedResume, `${resumeFile}.partial`])
    rmSync(path.join(folder, left), { recursive: true, force: true });
}

/** Another sharding was asked for before, and what it saved cannot be gone on from. */
function tellOfSharded({ folder, execution: { ranks = oneRank }, emit }: StagePlace): void {
  if (ranks.torch.sharding === 'sharded' || !existsSync(path.join(folder, shardedResume))) return;
  emit({
    kind: 'note',
    text: `${shardedResume} is of a sharded model, and is not gone on from: execution.torch.sharding`,
  });
}

/**
 * All that Python reads, but for the order of the stage and the pairs.
 * @param from A training state to go on from; without it the run begins as it says.
 */
export async function writeTrainJob(
  job: string,
  place: Pick<StagePlace, 'folder' | 'execution' | 'numerics'>,
  run: StageRun,
  from: string | null = null,
): Promise<void> {
  const layout = layoutOf(run);
  writeJob(job, {
    kind: 'train',
    ...computingOf(place),
    ...(await placeModel(job, run.model)),
    ...(await placeStart(job, run, from)),
    pairs: run.pairs.files.map((file) => path.resolve(file)),
    result: resultFile,
    ...filesOfStage(place),
    ...trainingOf(run, layout),
  });
}

const resultFile = 'result.safetensors';

async function placeStart(job: string, run: StageRun, from: string | null): Promise<object> {
  const { start } = run;
  if (from !== null) return { state: path.resolve(from) };
  if (start.kind === 'state') return { state: path.resolve(start.file) };
  const layout = layoutOf(run);
  return { state: null, ...(await placeWeights(job, rounded(start.weights, layout), layout.parameters)) };
}

/** Frozen weights that are kept in 16 bits are rounded by us alone. */
function rounded(weights: Weights, layout: StateLayout): Weights {
  if (layout.frozenStorage === 'float32') return weights;
  return { files: null, load: async () => asStored(await weights.load(), layout) };
}

/** Those that outlive the job. */
function filesOfStage({ folder, execution }: Pick<StagePlace, 'folder' | 'execution'>): object {
  const { sharding } = (execution.ranks ?? oneRank).torch;
  return {
    order: path.resolve(folder, orderFile),
    resume: path.resolve(folder, resumeFile),
    shardedResume: sharding === 'sharded' ? path.resolve(folder, shardedResume) : null,
    checkpointEverySeconds: execution.checkpointEverySeconds,
  };
}

function trainingOf(run: StageRun, { learned }: StateLayout): object {
  const { features = plainTraining, toStep, optimizer } = run;
  return {
    toStep,
    learned,
    adapterScale: adapterScaleOf(features.trainable),
    learningRates: Array.from({ length: toStep }, (_, step) => run.learningRateAt(step)),
    ...objectiveOf(run),
    optimizer,
    logEverySteps,
  };
}

function objectiveOf({ objective, features = plainTraining }: StageRun): object {
  const { pairwiseWeight, lmWeight } = objective;
  return { pairwiseWeight, lmWeight, rewardCentering: features.rewardCentering, margin: features.margin };
}

function adapterScaleOf(trainable: TrainFeatures['trainable']): number | null {
  return trainable?.kind === 'lora' ? trainable.alpha / trainable.rank : null;
}

function runOf(ended: JobEvent, job: string, layout: StateLayout): TrainedRun {
  const outcome = outcomeOf(ended);
  if (outcome.kind !== 'completed') return { outcome, state: null };
  // Beside the job, which is removed.
  const result = `${job}.safetensors`;
  renameSync(path.join(job, resultFile), result);
  return { outcome, state: stateInFile(result, layout) };
}

function outcomeOf(ended: JobEvent): TrainOutcome {
  const kind = ended['outcome'] as TrainOutcome['kind'];
  return kind === 'diverged' ? { kind, step: Number(ended['step']), reason: String(ended['reason']) } : { kind };
}
