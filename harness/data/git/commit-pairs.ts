/**
 * Preference pairs from functions that commits changed: what is behind the commit is chosen, unless it was taken back.
 */
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import type { FunctionChange, PromptedFunction } from '../corpus/corpus-function.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';
import { lineChanges } from './line-changes.ts';

/**
 * One pair a function, in the order of the functions. `counts`: pairs by reason, and functions left out.
 * @param reasons That make a change count; null = all.
 * @throws UserError (2) for functions that no commit changed.
 */
export async function* commitPairs(
  functions: Rows<PromptedFunction>,
  reasons: readonly string[] | null,
  counts: Record<string, number>,
): AsyncGenerator<PreferencePair> {
  for await (const fn of functions) {
    const { change } = fn;
    if (change === undefined) throw noChange(fn);
    if (reasons !== null && !reasons.includes(change.reason))
      addCount(counts, `function: ${change.reason} does not count`);
    else if (change.before.trim() === fn.body.trim()) addCount(counts, 'pair: both sides are equal');
    else {
      addCount(counts, `reason: ${change.reason}`);
      yield toPair(fn, change);
    }
  }
}

function toPair(fn: PromptedFunction, change: FunctionChange): PreferencePair {
  const isWorse = change.reason === 'reverted';
  const file = `${fn.package}/${fn.file}`;
  const { added, removed } = lineChanges(change.before, fn.body);
  return {
    id: fn.id,
    // Changes of one file are of one hand and of one time: statistics take them together.
    group: file,
    prompt: fn.prompt,
    chosen: isWorse ? change.before : fn.body,
    rejected: isWorse ? fn.body : change.before,
    source: `${file}:${fn.line}`,
    edits: [`${change.reason}: commit ${change.commit.slice(0, 12)}, +${added} -${removed} lines`],
    language: fn.language,
    isDescribed: fn.description !== null,
  };
}

function noChange({ id }: PromptedFunction): UserError {
  return new UserError(`pairs: commits has no change of ${id}: the corpus is no history`, {
    exitCode: 2,
    hint: 'Use it with corpus: {kind: commits, path: <a local clone>}.',
  });
}
