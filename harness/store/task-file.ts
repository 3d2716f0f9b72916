/**
 * `task.json`: what a stage folder holds before its stage runs. Whoever launches a stage, on this machine or elsewhere,
 * needs nothing but the folder: inputs are named relative to it, so a store can be mounted anywhere.
 */
import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { deviceNames, ranksSchema } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { readIfThere, toJson, writeFileAtomically } from './durable.ts';
import { stageFiles } from './layout.ts';
import type { Provenance } from './provenance.ts';
import { parseJson } from './read-json.ts';
import type { StageTask } from './stage-task.ts';

const taskFileSchema = z.object({
  taskVersion: z.literal(1),
  stage: z.object({
    id: z.string(),
    kind: z.string(),
    fingerprint: z.string(),
    config: z.record(z.string(), z.unknown()),
    inputs: z.record(z.string(), z.string()),
    locations: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  }),
  /** Input name -> its folder, relative to this one. */
  inputFolders: z.record(z.string(), z.string()),
  execution: z.object({
    threads: z.number().int().positive(),
    device: z.enum(deviceNames),
    checkpointEverySeconds: z.number().positive(),
    ranks: ranksSchema.optional(),
    halvings: z.number().int().positive().optional(),
  }),
  cacheFolder: z.string(),
  plugins: z.array(z.object({ file: z.string(), digest: z.string() })).default([]),
  attempt: z.number().int().positive(),
  provenance: z.custom<Provenance>((value) => typeof value === 'object' && value !== null),
});

/** Makes the stage's folder where it is not there. */
export function writeTaskFile(task: StageTask): void {
  mkdirSync(task.folder, { recursive: true });
  const { folder, stage, inputFolders, ...rest } = task;
  const { id, kind, fingerprint, config, inputs, locations } = stage;
  const file = {
    taskVersion: 1,
    stage: { id, kind, fingerprint, config, inputs, ...(locations && { locations }) },
    inputFolders: Object.fromEntries(
      Object.entries(inputFolders).map(([name, input]) => [name, relative(folder, input)]),
    ),
    ...rest,
  };
  writeFileAtomically(join(folder, stageFiles.task), toJson(file), false);
}

/** @throws UserError (2) where the folder has no task, or one that cannot be read, naming the file and the field. */
export function readTaskFile(folder: string): StageTask {
  const { taskVersion: _version, inputFolders, stage, execution, ...task } = parsedTask(folder);
  const { locations, ...described } = stage;
  const { ranks, halvings, ...alone } = execution;
  return {
    ...task,
    execution: { ...alone, ...(ranks && { ranks }), ...(halvings !== undefined && { halvings }) },
    stage: { ...described, ...(locations && { locations }) },
    folder: resolve(folder),
    inputFolders: Object.fromEntries(
      Object.entries(inputFolders).map(([name, input]) => [name, resolve(folder, input)]),
    ),
  };
}

function parsedTask(folder: string): z.infer<typeof taskFileSchema> {
  const file = join(folder, stageFiles.task);
  const text = readIfThere(file);
  if (text === null) throw noTask(folder);
  const parsed = taskFileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UserError(`${file}: ${z.prettifyError(parsed.error)}`, {
    exitCode: 2,
    hint: 'It was written by another version of the harness, or changed by hand.',
  });
}

function noTask(folder: string): UserError {
  return new UserError(`${folder} has no ${stageFiles.task}`, {
    exitCode: 2,
    hint: 'A stage folder lies under results/store/; a sweep writes its task.json when the stage is about to run.',
  });
}
