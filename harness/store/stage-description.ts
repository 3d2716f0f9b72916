/** `stage.json`: what a stage is. Written when a worker first enters the folder, and never changed afterwards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageDescription } from './stage-task.ts';
import { readIfThere, toJson } from './durable.ts';
import { formats, readVersion } from './formats.ts';
import { stageFiles } from './layout.ts';
import { damagedFile, isRecord, parseJson, parseJsonRecord, recordOf, textOf } from './read-json.ts';
import { UserError } from '../spec/user-error.ts';

/**
 * What the folder says it is. Throws `UserError` (exit 4) naming the file where it is damaged or of a newer format, and
 * as the file system says where it is missing.
 */
export function readDescription(folder: string): StageDescription {
  const path = join(folder, stageFiles.stage);
  return parseDescription(readFileSync(path, 'utf8'), path);
}

/** The same of its text. */
export function parseDescription(text: string, path: string): StageDescription {
  const record = parseJsonRecord(text, path);
  readVersion(path, record, 'stage');
  const required = (key: string): string => {
    const text = textOf(record, key);
    if (text === null) throw damagedFile(path, `${key} is missing`);
    return text;
  };
  return {
    id: required('id'),
    kind: required('kind'),
    fingerprint: required('fingerprint'),
    config: recordOf(record, 'config') ?? {},
    inputs: inputsOf(recordOf(record, 'inputs') ?? {}),
  };
}

/** What stage.json holds. */
export function descriptionText({ id, kind, fingerprint, config, inputs }: StageDescription): string {
  return toJson({ stageVersion: formats.stage, id, kind, fingerprint, config, inputs });
}

/** @throws UserError (2) where the folder belongs to another stage. */
export function assertSameStage(folder: string, stage: StageDescription): void {
  const before = readIfThere(join(folder, stageFiles.stage));
  if (before !== null && before !== descriptionText(stage)) refuseOtherStage(folder, before, stage.fingerprint);
}

function inputsOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, id]) => (typeof id === 'string' ? [[name, id] as const] : [])),
  );
}

/** A description that cannot be read is written again; one of another stage is not. */
function refuseOtherStage(folder: string, before: string, fingerprint: string): void {
  const record = parseJson(before);
  const other = isRecord(record) ? textOf(record, 'fingerprint') : null;
  if (other === null || other === fingerprint) return;
  throw new UserError(`${folder} belongs to another stage (fingerprint ${other}, not ${fingerprint})`, {
    exitCode: 2,
    hint: 'Use another results folder, or remove this one.',
  });
}
