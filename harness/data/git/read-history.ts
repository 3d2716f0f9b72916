/** The history of a local clone as a corpus: functions that a commit changed, with what they were before. */
import path from 'node:path';
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import type { CutFiles, CutIo } from '../corpus/cut-corpus.ts';
import type { Drop } from '../corpus/drop.ts';
import { licensesOf, type Licenses } from '../corpus/license.ts';
import type { KeyedFunction } from '../corpus/choose-functions.ts';
import type { DropCounts } from '../preference-pair.ts';
import { changesOf, type ChangesOptions } from './changes.ts';
import { chooseChanges } from './choose-changes.ts';
import { commitProject } from './commit-project.ts';
import { pinCommit } from './repository.ts';

export interface HistoryOptions extends ChangesOptions {
  /** The newest commit: an id, a branch or a tag. */
  readonly commit: string;
  readonly from: string | null;
  readonly last: number | null;
  readonly heldOutFunctions: number;
}

export interface HistorySource {
  readonly name: string;
  readonly commit: string;
  readonly tree: string;
  readonly from: string | null;
  /** Licence -> changed functions found: of their files, as the newest commit has it. */
  readonly licenses: Record<string, number>;
  /** Why a change counts -> changed functions found. */
  readonly reasons: Record<string, number>;
}

interface History extends Pick<CutFiles, 'functions' | 'heldOut'> {
  readonly counts: DropCounts;
  readonly sources: readonly HistorySource[];
}

/** @throws UserError (2) where there is no such clone or commit, or no change that counts; (4) where git fails. */
export async function readHistory(options: HistoryOptions, io: CutIo): Promise<History> {
  const pinned = pinCommit(options.path, options.commit);
  const from = options.from === null ? null : pinCommit(options.path, options.from).commit;
  const licenses = licensesOf(await commitProject(options.path, pinned.tree));
  const counts: Record<string, number> = {};
  const source = { name: options.name, ...pinned, from, licenses: {}, reasons: {} };
  const drop: Drop = (reason) => addCount(counts, reason);
  const found = changesOf({ tip: pinned.commit, from, last: options.last }, options, licenses, drop);
  const spoolFile = path.join(io.scratchFolder, 'changes.spool');
  const chosen = await chooseChanges(tallied(found, licenses, source), { ...options, spoolFile }, drop);
  if (chosen.functions.count === 0) throw nothingFound(options, chosen.heldOut.count, counts);
  return { ...chosen, counts, sources: [source] };
}

async function* tallied(
  found: AsyncIterable<KeyedFunction>,
  { of }: Licenses,
  { licenses, reasons }: Pick<HistorySource, 'licenses' | 'reasons'>,
): AsyncGenerator<KeyedFunction> {
  for await (const one of found) {
    addCount(licenses, of(one.fn.file));
    addCount(reasons, one.fn.change?.reason ?? 'none');
    yield one;
  }
}

function nothingFound(
  { path: clone, heldOutFunctions }: HistoryOptions,
  heldOut: number,
  counts: DropCounts,
): UserError {
  if (heldOut > 0)
    return new UserError(
      `${clone}: all ${heldOut} changes are held out by corpus.heldOutFunctions ${heldOutFunctions}`,
      {
        exitCode: 2,
        hint: 'Lower corpus.heldOutFunctions, or take more of the history.',
      },
    );
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  const why = reasons.length === 0 ? 'it has no commits there' : `left out: ${reasons.join(', ')}`;
  return new UserError(`${clone}: no commit changes a function in a way that counts; ${why}`, {
    exitCode: 2,
    hint: 'Take more of the history, widen the limits, or name more languages.',
  });
}
