/** How a task's benchmark is scored: from the task's kind to the stages that evaluate on it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { scoringNamed, type TaskScoring } from '../eval/index.ts';
import { kindOf } from '../spec/index.ts';
import type { TaskConfig } from './configs.ts';
import { located } from './kind-io.ts';
import { readJson, writeJson } from './stage-files.ts';
import type { StageContext } from './stage-kind.ts';

const scoringFile = 'scoring.json';

/** The outputs written: none where the task's kind has no scoring. @throws UserError (2) where it is not registered. */
export function writeScoring({ stage, folder, kinds }: StageContext<TaskConfig>): readonly string[] {
  const spec = located(stage, 'task');
  const kind = kindOf(kinds.tasks, spec);
  if (kind.scoring === undefined) return [];
  const { name } = scoringNamed(kind.scoring);
  const scoring: TaskScoring = { name, settings: kind.scoringSettings?.(spec) ?? {} };
  writeJson(path.join(folder, scoringFile), scoring);
  return [scoringFile];
}

/** null: pairs and best-of-N alone. */
export function readScoring(taskFolder: string): TaskScoring | null {
  const file = path.join(taskFolder, scoringFile);
  return existsSync(file) ? readJson<TaskScoring>(file) : null;
}
