/** A scoring job: questions in, rewards out. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeEncodedQuestions } from '../../data/index.ts';
import { parameterShapes } from '../../model/index.ts';
import type { ScoredQuestion } from '../../score/index.ts';
import type { StagePlace, WeightedModel } from '../../stages/index.ts';
import { computingOf, newJob, placeModel, placeWeights, writeJob } from './job-files.ts';
import type { RunJob } from './run-job.ts';

interface Scored extends WeightedModel {
  readonly place: StagePlace;
  readonly questions: readonly ScoredQuestion[];
}

export async function scoreByTorch(scored: Scored, runJob: RunJob): Promise<readonly Float32Array[]> {
  if (scored.questions.length === 0) return [];
  const job = newJob(scored.place);
  try {
    await writeScoreJob(job, scored);
    await runJob(job, () => {});
    return rewardsIn(path.join(job, rewardFiles.rewards), scored.questions);
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

async function writeScoreJob(job: string, { place, model, weights, questions }: Scored): Promise<void> {
  writeQuestions(job, questions);
  writeJob(job, {
    kind: 'score',
    ...computingOf(place),
    ...(await placeModel(job, model)),
    ...(await placeWeights(job, weights, parameterShapes(model))),
    ...rewardFiles,
  });
}

export const rewardFiles = { questions: 'questions.arrow', rewards: 'rewards.f32' };

/** In their order. */
export function writeQuestions(job: string, questions: readonly ScoredQuestion[]): void {
  const rows = questions.map(({ prompt, responses }, index) => ({ id: String(index), prompt, candidates: responses }));
  writeEncodedQuestions(path.join(job, rewardFiles.questions), rows);
}

/** float32 values, one a response, in the order of the questions. */
export function rewardsIn(file: string, questions: readonly ScoredQuestion[]): readonly Float32Array[] {
  const all = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  let at = 0;
  return questions.map(({ responses }) => all.slice(at, (at += responses.length)));
}
