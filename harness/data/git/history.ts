/** Commits of a local clone with the files that they change, newest first, as git prints them. */
import { gitTokens } from './git-process.ts';

/** One file that a commit changes, against its only parent. */
export interface FileChange {
  /** `M` changed, `A` added, `D` deleted, `R` renamed, `T` of another sort. */
  readonly status: string;
  /** Behind the commit. */
  readonly path: string;
  /** Ids of the contents before and behind the commit. */
  readonly before: string;
  readonly after: string;
}

export interface Commit {
  readonly id: string;
  readonly author: string;
  readonly message: string;
  readonly changes: readonly FileChange[];
}

export interface HistoryRange {
  /** The newest commit: it and what it descends from. */
  readonly tip: string;
  /** Without this commit and what it descends from; null = to the beginning. */
  readonly from: string | null;
  /** At most so many of the newest; null = all. */
  readonly last: number | null;
}

const command = [
  'log',
  '-z',
  '--raw',
  '--no-abbrev',
  // Renames are found, so that they do not count as a file removed and another added.
  '-M',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--no-merges',
  '--topo-order',
  '--no-notes',
  '--encoding=UTF-8',
  '--format=tformat:%H%x00%an <%ae>%x00%B%x00',
];

/**
 * Without merges. A commit comes before those it descends from, so that whoever takes one back is seen first.
 * @throws UserError (4) where git fails.
 */
export async function* commitsOf(repository: string, range: HistoryRange): AsyncGenerator<Commit> {
  const { tip, from, last } = range;
  const limits = [...(last === null ? [] : [`--max-count=${last}`]), ...(from === null ? [] : [`^${from}`])];
  const tokens = gitTokens(repository, [...command, ...limits, tip, '--']);
  let open: { readonly id: string; readonly author: string; readonly message: string; changes: FileChange[] } | null =
    null;
  for (let token = await nextOf(tokens); token !== null; token = await nextOf(tokens)) {
    const text = token.replace(/^\n+/, '');
    if (text === '') continue;
    if (text.startsWith(':')) open?.changes.push(await readChange(text, tokens));
    else {
      if (open !== null) yield open;
      open = { id: text, author: await required(tokens), message: await required(tokens), changes: [] };
    }
  }
  if (open !== null) yield open;
}

/** `:<mode> <mode> <id> <id> <status>`, then the path, and for a rename the new path. */
async function readChange(entry: string, tokens: AsyncIterator<string>): Promise<FileChange> {
  const [, , before = '', after = '', status = ''] = entry.split(' ');
  const path = await required(tokens);
  return { status: status.charAt(0), path: /^[RC]/.test(status) ? await required(tokens) : path, before, after };
}

async function nextOf(tokens: AsyncIterator<string>): Promise<string | null> {
  const next = await tokens.next();
  return next.done === true ? null : next.value;
}

async function required(tokens: AsyncIterator<string>): Promise<string> {
  const next = await nextOf(tokens);
  if (next === null) throw new Error('git log ended inside a commit');
  return next;
}
