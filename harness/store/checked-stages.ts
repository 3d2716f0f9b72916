/**
 * Which stages of a results folder are as they were committed. Every file is hashed once, and again when its stamp
 * changes (`digest.ts`); what was found sound is kept in `.checked` for the next process. What changes below the
 * file system, without any time of the file moving, is found by `verify` alone.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { stampOf } from './digest.ts';
import { errorCode, readIfThere, writeFileAtomically } from './durable.ts';
import { FolderFiles } from './folder-files.ts';
import { formats } from './formats.ts';
import { checkedFile, stageFiles, stageFolder } from './layout.ts';
import { isRecord, listOf, parseJson, textOf, type JsonRecord } from './read-json.ts';
import { coveredFiles, damageOf } from './seal.ts';
import { parseDone, type Damaged, type DoneRecord } from './stage-records.ts';

/** A stage folder's commit as one look found it. */
interface Look {
  readonly text: string;
  /** One for the commit and all files that it covers; null where one of them is missing. */
  readonly stamp: string | null;
  /** With digests of the records too. */
  readonly isSealed: boolean;
}

/** What one look at the files of a stage found. */
export interface Glance {
  /**
   * What tells whether anything of a stage changed since; null where it is not committed, or without a seal, or a file
   * of it is missing.
   */
  readonly signature: string | null;
  /**
   * The stage's commit, null where there is none, or what is wrong with it or with what it covers.
   * @param files Those of the stage that are read for it.
   */
  commit(files?: FolderFiles): DoneRecord | Damaged | null;
}

/** Stages that were found sound, and as which files. */
export type SoundStages = readonly (readonly [id: string, stamp: string])[];

export class CheckedStages {
  /** Whether every output of a stage has to be there. */
  readonly isWhole: boolean;
  readonly #glances = new Map<string, Glance>();
  readonly #resultsFolder: string;
  readonly #sound: Map<string, string>;
  readonly #damaged = new Map<string, { readonly stamp: string | null; readonly damaged: string }>();
  readonly #isKept: (file: string) => boolean;
  #isChanged = false;

  /** @param isKept Whether an output is to be there at all: a bundle leaves out what no report reads. */
  constructor(resultsFolder: string, isKept?: (file: string) => boolean) {
    this.#resultsFolder = resultsFolder;
    this.isWhole = isKept === undefined;
    this.#isKept = isKept ?? (() => true);
    this.#sound = readChecked(resultsFolder);
  }

  /** The commit of the stage as it is now. */
  look(id: string): DoneRecord | Damaged | null {
    return this.glance(id).commit();
  }

  /** The stage as it is now: one look for who asks both. */
  glance(id: string): Glance {
    const glance = this.#glanceAt(id);
    this.#glances.set(id, glance);
    return glance;
  }

  #glanceAt(id: string): Glance {
    const folder = stageFolder(this.#resultsFolder, id);
    const seen = lookAt(folder, this.#isKept);
    return {
      signature: seen === null || 'damaged' in seen || !seen.isSealed ? null : seen.stamp,
      commit: (files = new FolderFiles(folder)) => this.#commitOf(id, files, seen),
    };
  }

  /** The last glance at the stage, for who knows that nothing was written since; a new one where there is none. */
  lastGlance(id: string): Glance {
    return this.#glances.get(id) ?? this.#glanceAt(id);
  }

  /** For who does not know that nothing was written since. */
  forgetGlances(): void {
    this.#glances.clear();
  }

  /** Those of the stages that are known to be sound, for another look at the same folder. */
  soundOf(ids: readonly string[]): SoundStages {
    return ids.flatMap((id) => {
      const stamp = this.#sound.get(id);
      return stamp === undefined ? [] : [[id, stamp] as const];
    });
  }

  addSound(stages: SoundStages): void {
    for (const [id, stamp] of stages) this.#set(id, stamp);
  }

  #commitOf(id: string, files: FolderFiles, seen: Look | Damaged | null): DoneRecord | Damaged | null {
    if (seen === null || 'damaged' in seen) return seen;
    // Sound once, and the same text now: the checks of its fields would take longer than all else here.
    if (this.#isKnownSound(id, seen.stamp)) return parseJson(seen.text) as DoneRecord;
    const done = parseDone(seen.text, id);
    if ('damaged' in done) return done;
    const known = this.#damaged.get(id);
    if (known !== undefined && known.stamp === seen.stamp) return { damaged: known.damaged };
    return this.#check(id, files, done, seen);
  }

  /** A worker of this process has just hashed all that the stage committed. */
  trust(id: string): void {
    const seen = lookAt(stageFolder(this.#resultsFolder, id), this.#isKept);
    if (seen !== null && 'stamp' in seen && seen.stamp !== null) this.#set(id, seen.stamp);
  }

  /** For the next process. A folder that cannot be written to is checked again, then. */
  save(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    try {
      const lines = [...this.#sound].map(([id, stamp]) => `${id} ${stamp}\n`);
      writeFileAtomically(checkedFile(this.#resultsFolder), lines.join(''), false);
    } catch (error) {
      if (errorCode(error) === null) throw error;
    }
  }

  #isKnownSound(id: string, stamp: string | null): boolean {
    return stamp !== null && this.#sound.get(id) === stamp;
  }

  #check(id: string, files: FolderFiles, done: DoneRecord, { stamp }: Look): DoneRecord | Damaged {
    const outputs = done.outputs.filter(({ file }) => this.#isKept(file));
    const damaged = damageOf(files.folder, { ...done, outputs }, files);
    if (damaged !== null) {
      this.#damaged.set(id, { stamp, damaged });
      return { damaged };
    }
    if (stamp !== null) this.#set(id, stamp);
    return done;
  }

  #set(id: string, stamp: string): void {
    if (this.#sound.get(id) === stamp) return;
    this.#sound.set(id, stamp);
    this.#isChanged = true;
  }
}

function lookAt(folder: string, isKept: (file: string) => boolean): Look | Damaged | null {
  try {
    const text = readIfThere(join(folder, stageFiles.done));
    return text === null ? null : lookOf(folder, text, isKept);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { damaged: `${stageFiles.done}, or a file that it names, cannot be read: ${code}` };
  }
}

function lookOf(folder: string, text: string, isKept: (file: string) => boolean): Look {
  const done = parseJson(text);
  const isSealed = isRecord(done) && done['doneVersion'] !== undefined;
  const outputs = isRecord(done) ? (outputsIn(done)?.filter(({ file }) => isKept(file)) ?? null) : null;
  if (outputs === null) return { text, stamp: null, isSealed };
  const files = coveredFiles({ doneVersion: isSealed ? formats.done : undefined, outputs });
  return { text, stamp: stampOfAll(folder, text, files), isSealed };
}

function stampOfAll(folder: string, text: string, files: readonly string[]): string | null {
  const stamps = files.map((file) => stampOf(join(folder, file)));
  return stamps.includes(null) ? null : hash('sha1', `${text}${stamps.join('\n')}`, 'hex').slice(0, 20);
}

/** Without the checks of a schema: a text that was sound once is known by its stamp. */
function outputsIn(done: JsonRecord): readonly { readonly file: string }[] | null {
  const outputs = listOf(done, 'outputs').map((output) => (isRecord(output) ? textOf(output, 'file') : null));
  return outputs.includes(null) ? null : outputs.map((file) => ({ file: file ?? '' }));
}

function readChecked(resultsFolder: string): Map<string, string> {
  const lines = (readIfThere(checkedFile(resultsFolder)) ?? '').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [id, stamp] = line.split(' ');
      return id !== undefined && stamp !== undefined ? [[id, stamp] as const] : [];
    }),
  );
}
