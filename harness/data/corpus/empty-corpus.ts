/** What a user is told whose corpus has no functions to train on. */
import { UserError } from '../../spec/user-error.ts';
import type { CutFiles, CutOptions } from './cut-corpus.ts';

/**
 * @param where What was read: `15 packages`, a folder.
 * @throws UserError (2) where nothing was found, or where everything is held out.
 */
export function requireFunctions(cut: CutFiles, options: CutOptions, where: string): void {
  if (cut.functions.count > 0) return;
  throw cut.heldOut.count > 0 ? allHeldOut(options, cut.heldOut.count) : nothingFound(cut, options, where);
}

function limitsOf({ minCharacters, maxCharacters }: CutOptions): string {
  return `corpus.minCharacters ${minCharacters}, corpus.maxCharacters ${maxCharacters}`;
}

function nothingFound({ counts, packages }: CutFiles, options: CutOptions, where: string): UserError {
  const files = packages.reduce((sum, { files: own }) => sum + own, 0);
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  const why = reasons.length === 0 ? '' : `; left out: ${reasons.join(', ')}`;
  return new UserError(`${where}: no function within ${limitsOf(options)} in ${files} files${why}`, {
    exitCode: 2,
    hint: 'Widen the limits, or let corpus.keep, corpus.languages or corpus.licenses take in what is left out.',
  });
}

function allHeldOut(options: CutOptions, heldOut: number): UserError {
  return new UserError(
    `all ${heldOut} functions within ${limitsOf(options)} are held out by corpus.heldOutFunctions ` +
      `${options.heldOutFunctions}`,
    { exitCode: 2, hint: 'Lower corpus.heldOutFunctions or widen the limits.' },
  );
}
