/** How a stage calls the kinds of its experiment. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { KindIo } from '../kinds/index.ts';
import { UserError, type Kind, type KindSpec, type ResponseEnd } from '../spec/index.ts';
import type { StageDescription } from '../store/index.ts';
import type { StageContext } from './stage-kind.ts';

/** @param responseEnd As the config of the stage has it; null where it encodes nothing. */
export function kindIo(
  { cacheFolder, folder, inputFolders, emit }: Pick<StageContext, 'cacheFolder' | 'folder' | 'inputFolders' | 'emit'>,
  responseEnd: ResponseEnd = null,
): KindIo {
  return {
    responseEnd,
    tokenizerFolder: inputFolders['tokenizer'] ?? null,
    cacheFolder,
    scratchFolder: scratchFolder(folder),
    mirrorFolder: process.env['HARNESS_DATA_MIRROR'] ?? null,
    download: true,
    note: (text) => emit({ kind: 'note', text }),
  };
}

/** Inside the stage's folder, where there is room for its outputs too. Emptied at the start of an attempt. */
export function scratchFolder(folder: string): string {
  const scratch = path.join(folder, scratchName);
  mkdirSync(scratch, { recursive: true });
  return scratch;
}

/** What a kind left there is no output. */
export function clearScratch(folder: string): void {
  rmSync(path.join(folder, scratchName), { recursive: true, force: true });
}

const scratchName = 'scratch';

/** A section of the config with its locations, which are no part of the config because they are no identity. */
export function located<Config extends object, Section extends keyof Config & string>(
  { config, locations = {} }: Pick<StageDescription, 'locations'> & { readonly config: Config },
  section: Section,
): NonNullable<Config[Section]> {
  const written = config[section];
  if (written === null || written === undefined) throw new Error(`the config has no ${section}`);
  return { ...written, ...locations[section] };
}

/**
 * The plan took the digest of what lies at the section's locations; the stage reads it later.
 * @throws UserError (2) where it was changed in between: the outputs would stand under the identity of other data.
 */
export function requireUnchanged<Spec extends KindSpec>(kind: Kind<Spec>, spec: Spec, planned: string | null): void {
  const { locations = [] } = kind;
  if (locations.length === 0 || planned === null || kind.digest?.(spec) === planned) return;
  const places = locations.flatMap((field) => (spec as Readonly<Record<string, unknown>>)[field]);
  throw new UserError(`${places.filter(isPath).join(', ')}: changed since the stage was planned`, {
    exitCode: 2,
    hint: 'Run the sweep again: its plan takes what is there now.',
  });
}

function isPath(value: unknown): value is string {
  return typeof value === 'string';
}
