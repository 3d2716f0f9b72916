/** Functions that commits changed, each with what it was before and why the change counts. */
import { openCutter, type CutterOptions } from '../corpus/cutter.ts';
import type { Drop } from '../corpus/drop.ts';
import type { Licenses } from '../corpus/license.ts';
import type { KeyedFunction } from '../corpus/choose-functions.ts';
import { decodeSource } from '../corpus/read-source.ts';
import { openParser } from '../language/grammars.ts';
import { grammarOf, languageOf } from '../language/languages.ts';
import type { Language } from '../language/language.ts';
import { BlobReader } from './blob-reader.ts';
import { changedFile, type ChangedFile } from './changed-file.ts';
import { changedFunctions, type ChangeLimits, type FileVersions, type FunctionVersions } from './changed-functions.ts';
import { isBot, keepsBehaviour, saysFix, saysReviewed, type ChangeReason } from './commit-reasons.ts';
import { commitsOf, type Commit, type HistoryRange } from './history.ts';
import { describeByMessage } from './message-description.ts';
import { Reverts } from './reverts.ts';

export interface ChangesOptions extends CutterOptions, ChangeLimits {
  readonly path: string;
  /** What functions are named after. */
  readonly name: string;
  /** Reasons that count. */
  readonly reasons: readonly ChangeReason[];
}

/**
 * From the newest commit to the oldest. `drop` counts commits and functions that are left out.
 * @param licenses As the newest commit has them: permission is a matter of today.
 */
export async function* changesOf(
  range: HistoryRange,
  options: ChangesOptions,
  licenses: Licenses,
  drop: Drop,
): AsyncGenerator<KeyedFunction> {
  const cutter = await openCutter(options);
  const reverts = new Reverts();
  await using blobs = new BlobReader(options.path);
  for await (const commit of commitsOf(options.path, range)) {
    const chosen = chooseCommit(commit, reverts, options);
    if (typeof chosen === 'string') {
      drop(chosen);
      continue;
    }
    const { file, reason } = chosen;
    const versions = await readVersions(file, { blobs, name: options.name, license: licenses.of(file.path) }, drop);
    if (versions === null) continue;
    const language = languageOf(file.path) as Language;
    const opened = { language, parser: await openParser(grammarOf(language, file.path)) };
    for (const changed of changedFunctions(versions, { cutter, opened, limits: options }, drop))
      yield withChange(changed, commit, reason);
  }
}

interface ChosenCommit {
  readonly file: ChangedFile;
  readonly reason: ChangeReason;
}

/** Or the reason to leave the commit out. Every commit is shown to `reverts`, whatever else it is. */
function chooseCommit(commit: Commit, reverts: Reverts, options: ChangesOptions): ChosenCommit | string {
  const standing = reverts.see(commit);
  // What it changes is the change that it takes back, the other way round.
  if (standing === 'reverts') return 'commit: takes another back';
  if (isBot(commit.author)) return 'commit: by a bot';
  const file = changedFile(commit, options.languages);
  if (typeof file === 'string') return file;
  const reason = standing === 'reverted' ? 'reverted' : reasonOf(commit, file);
  if (reason === null) return 'commit: nothing says that it is better';
  return options.reasons.includes(reason) ? { file, reason } : `commit: ${reason} does not count`;
}

/** The strongest that holds. */
function reasonOf({ message }: Commit, { hasTests }: ChangedFile): ChangeReason | null {
  if (saysFix(message)) return 'fix';
  if (saysReviewed(message)) return 'review';
  return hasTests && !keepsBehaviour(message) ? 'test' : null;
}

async function readVersions(
  { path, before, after }: ChangedFile,
  { blobs, name, license }: { readonly blobs: BlobReader; readonly name: string; readonly license: string },
  drop: Drop,
): Promise<FileVersions | null> {
  const old = decodeSource(await blobs.read(before), drop);
  const now = old === null ? null : decodeSource(await blobs.read(after), drop);
  if (old === null || now === null) return null;
  const file = { package: name, file: path, license };
  return { before: { ...file, text: old }, after: { ...file, text: now } };
}

function withChange({ before, after }: FunctionVersions, commit: Commit, reason: ChangeReason): KeyedFunction {
  const { fn, keys } = after;
  const change = { before: before.fn.body, reason, commit: commit.id };
  const description = fn.description ?? describeByMessage(commit.message);
  return { keys, fn: { ...fn, id: `${fn.id}@${commit.id.slice(0, 12)}`, description, change } };
}
