/**
 * Which files of an installed package hold its source. Packages publish builds beside it, in folders that every project
 * names in its own way: more is left out here than in a project's own repository.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { languageOf } from '../language/languages.ts';
import { compareCodeUnits } from './compare-code-units.ts';
import { reasons, type FileSort } from './file-filters.ts';

const patterns: readonly (readonly [FileSort, RegExp])[] = [
  ['vendored', /(?:^|\/)(?:vendor|third-?party|thirdparty|libs|external|node_modules|deps)\//i],
  [
    'builds',
    /(?:^|\/)(?:dist[^/]*|build|builds|cjs|umd|amd|bundles?|browser|es5|esm5|legacy|min|out|types|polyfills?)\//i,
  ],
  ['tests', /(?:^|\/)(?:benchmarks?|e2e|i18n|locales?|lang)\//i],
  ['minified', /[.-](?:prod|production|umd|global|slim|iife)\.[cm]?js$/i],
];

/**
 * Paths of the files of our languages in a package folder, relative, with `/`, in code-unit order; independent of the
 * file system's own order.
 */
export function listSourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && languageOf(entry.name) !== null)
    .map((entry) =>
      path
        .join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort(compareCodeUnits);
}

/** The reason to leave a file of a package out by its path, or null. */
export function dropByPackagePath(file: string, keep: readonly FileSort[]): string | null {
  const found = patterns.find(([sort, pattern]) => !keep.includes(sort) && pattern.test(file));
  return found === undefined ? null : reasons[found[0]];
}
