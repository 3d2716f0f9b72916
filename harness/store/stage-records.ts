/**
 * The small JSON files of a stage folder that decide whether a stage is done, failed or being worked on: their shapes,
 * and reading them.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorClasses } from '../spec/error-class.ts';
import { processIdentitySchema } from './process-identity.ts';
import { readIfThere } from './durable.ts';
import { formats } from './formats.ts';
import { stageFiles } from './layout.ts';
import { parseJson } from './read-json.ts';

const completed = z.object({ kind: z.literal('completed') });
const diverged = z.object({ kind: z.literal('diverged'), step: z.number(), reason: z.string() });
const failed = z.object({
  kind: z.literal('failed'),
  errorClass: z.enum(errorClasses),
  message: z.string(),
  detail: z.string().nullable(),
});

export type FailedOutcome = z.infer<typeof failed>;
export type CommittedOutcome = z.infer<typeof completed> | z.infer<typeof diverged>;

export const outputRecordSchema = z.object({
  file: z.string(),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type OutputRecord = z.infer<typeof outputRecordSchema>;

/**
 * `done.json`: the commit. Without it nothing else in the folder counts. No clock in it, so equal work gives equal
 * bytes. Version 2 has a `seal.json` beside it; a program of a backend, and earlier versions, write none.
 */
export const doneRecordSchema = z.object({
  doneVersion: z.literal(formats.done).optional(),
  id: z.string(),
  outcome: z.discriminatedUnion('kind', [completed, diverged]),
  outputs: z.array(outputRecordSchema),
});
export type DoneRecord = z.infer<typeof doneRecordSchema>;

/**
 * `failed.json`: why the last attempt failed; removed by a later success. `lastLines`: the end of what the worker
 * printed; `command` runs it again, `stageCommand` the stage by itself.
 */
export const failedRecordSchema = z.object({
  outcome: failed,
  hint: z.string().nullable(),
  attempt: z.number().int(),
  lastLines: z.array(z.string()),
  log: z.string().nullable(),
  command: z.string(),
  /** Absent where an earlier version wrote it, and where there was no task yet. */
  stageCommand: z.string().optional(),
});
export type FailedRecord = z.infer<typeof failedRecordSchema>;

/**
 * `seal.json`: the records of a stage as they were when it committed. It names `done.json`, so it is put in place just
 * before: a stage with a commit has a seal.
 */
export const sealSchema = z.strictObject({ sealVersion: z.literal(1), files: z.array(outputRecordSchema) });
export type Seal = z.infer<typeof sealSchema>;

/** The worker that is in a stage folder now. */
export const stageHolderSchema = processIdentitySchema.extend({ attempt: z.number().int() });
export type StageHolder = z.infer<typeof stageHolderSchema>;

export interface Damaged {
  /** The exact reason. */
  readonly damaged: string;
}

/** A folder's done.json: the record, null where there is none, or what is wrong with it. */
export function readDone(folder: string, id: string): DoneRecord | Damaged | null {
  const text = readIfThere(join(folder, stageFiles.done));
  return text === null ? null : parseDone(text, id);
}

export function parseDone(text: string, id: string): DoneRecord | Damaged {
  const json = parseJson(text);
  if (json === undefined)
    return { damaged: `${stageFiles.done} is not JSON (${text === '' ? 'it is empty' : bytesInWords(text.length)})` };
  const { data, error } = doneRecordSchema.safeParse(json);
  if (data === undefined) {
    const fields = error.issues.map(({ path, message }) => path.join('.') || message).join(', ');
    return { damaged: `${stageFiles.done} does not have the expected fields (${fields})` };
  }
  return data.id === id ? data : { damaged: `${stageFiles.done} is of ${data.id}` };
}

/**
 * Compares names and sizes only (one stat a file); contents are compared when an output is used. Null = as recorded.
 */
export function outputDamage(folder: string, done: DoneRecord): string | null {
  for (const output of done.outputs) {
    const { file, bytes } = output;
    const size = sizeOf(join(folder, file));
    if (size === null) return `${file} is missing`;
    if (size !== bytes)
      return `${file} has ${bytesInWords(size)}, ${stageFiles.done} says ${bytes.toLocaleString('en-US')}`;
  }
  return sizeOf(join(folder, stageFiles.journal)) === null ? `${stageFiles.journal} is missing` : null;
}

/**
 * The failed.json of a folder. null where there is none or it cannot be read: it is advice, and results never depend on
 * it.
 */
export function readRecord<T>(file: string, schema: z.ZodType<T>): T | null {
  const text = readIfThere(file);
  return text === null ? null : (schema.safeParse(parseJson(text)).data ?? null);
}

export const bytesInWords = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}
