/** Files below a folder, by name only. Links are not followed, so that nothing outside the folder is ever read. */
import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { compareCodeUnits } from './compare-code-units.ts';
import type { Drop } from './drop.ts';
import { pathMatcher } from './glob.ts';

export interface FolderPatterns {
  readonly path: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Dependencies and what tools keep for themselves are nobody's own code, whatever the patterns say. */
const neverEntered = /^(?:node_modules|\..*)$/;

/** Matching files, relative with `/`, in code-unit order: independent of the file system's own order. */
export function* listFolder({ path, include, exclude }: FolderPatterns, drop: Drop): Generator<string> {
  const isIncluded = pathMatcher(include);
  const isExcluded = pathMatcher(exclude);
  const open: { readonly relative: string; readonly isFile: boolean }[] = [{ relative: '', isFile: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { relative, isFile } = next;
    if (isFile) {
      if (!isIncluded(relative)) drop('file: not included');
      else if (isExcluded(relative)) drop('file: excluded');
      else yield relative;
    } else if (relative !== '' && isExcluded(relative)) drop('folder: excluded');
    else open.push(...entriesOf(path, relative, drop).toReversed());
  }
}

function entriesOf(
  folder: string,
  relative: string,
  drop: Drop,
): readonly { readonly relative: string; readonly isFile: boolean }[] {
  return readEntries(join(folder, relative), drop)
    .filter((entry) => {
      if (entry.isSymbolicLink()) drop('link: not followed');
      else if (entry.isDirectory() && neverEntered.test(entry.name)) drop('folder: dependencies or hidden');
      else return entry.isFile() || entry.isDirectory();
      return false;
    })
    .map((entry) => ({ relative: relative === '' ? entry.name : `${relative}/${entry.name}`, isFile: entry.isFile() }))
    .sort((a, b) => compareCodeUnits(a.relative, b.relative));
}

function readEntries(folder: string, drop: Drop): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    drop('folder: cannot be read');
    return [];
  }
}
