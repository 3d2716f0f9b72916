/** A stage as a person names it: the beginning of its id is enough. */
import { UserError } from '../spec/user-error.ts';
import { stageIds } from '../store/index.ts';

const shownIds = 5;

/** Its id; null where none begins so. @throws UserError (2) where several do. */
export function stageBeginningWith(beginning: string, resultsFolder: string): string | null {
  const found = stageIds(resultsFolder).filter((id) => id.startsWith(beginning));
  if (found.length < 2) return found[0] ?? null;
  const more = found.length > shownIds ? ', ...' : '';
  throw new UserError(
    `${beginning}: the beginning of ${found.length} stages: ${found.slice(0, shownIds).join(', ')}${more}`,
    { exitCode: 2, hint: 'Give more of the id.' },
  );
}
