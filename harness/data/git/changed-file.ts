/** Whether a commit changes one source file, and what stands beside it. */
import { dropByPath, fileSorts } from '../corpus/file-filters.ts';
import { languageOf } from '../language/languages.ts';
import type { Commit, FileChange } from './history.ts';

/** The one source file that a commit changes. */
export interface ChangedFile extends FileChange {
  /** Whether tests are changed with it. */
  readonly hasTests: boolean;
}

/** Files of a commit beyond this are a sweep over the project, whatever they are. */
const mostFiles = 20;

/** Code in languages that are none of ours: a change there may be the half of it. */
const otherCode =
  /\.(?:[ch]|cc|cpp|cxx|hpp|hh|cs|go|java|kt|kts|scala|groovy|rs|rb|php|swift|m|mm|dart|lua|pl|pm|r|jl|ex|exs|erl|hs|ml|fs|clj|zig|nim|sh|bash|ps1|sql|vue|svelte|astro|coffee|wat|proto|pyx|pxd)$/i;

/** The file, or the reason to leave the commit out. */
export function changedFile({ changes }: Pick<Commit, 'changes'>, languages: readonly string[]): ChangedFile | string {
  if (changes.length > mostFiles) return `commit: changes more than ${mostFiles} files`;
  const sources = changes.filter(({ path }) => isCode(path) && !isTest(path));
  const [source] = sources;
  if (source === undefined) return 'commit: changes no source file';
  if (sources.length > 1) return 'commit: changes several source files';
  if (source.status === 'R') return 'commit: renames its file';
  if (source.status !== 'M') return 'commit: adds or removes its file';
  const language = languageOf(source.path);
  if (language === null || !languages.includes(language.name)) return 'commit: a file of another language';
  return { ...source, hasTests: changes.some(({ path }) => isTest(path)) };
}

function isCode(path: string): boolean {
  return languageOf(path) !== null || otherCode.test(path);
}

/** Left out for no other reason than that it is a test. */
function isTest(path: string): boolean {
  const language = languageOf(path);
  if (language === null) return /(?:^|\/)(?:tests?|__tests__|specs?|testdata)\//i.test(path);
  const withoutTests = fileSorts.filter((sort) => sort !== 'tests');
  return dropByPath(path, language, withoutTests) !== dropByPath(path, language, fileSorts);
}
