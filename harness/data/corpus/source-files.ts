/**
 * Which files of an installed package hold readable source. Builds, bundles, tests and generated files are
 * left out, and each is counted under its reason: a model should learn from what people write.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

type FileDrop =
  | 'file: build folder'
  | 'file: test or fixture'
  | 'file: third-party copy'
  | 'file: minified or bundled'
  | 'file: generated'
  | 'file: not plain JavaScript';

const sourceExtension = /\.(?:js|mjs|cjs)$/;
const buildFolder =
  /(?:^|\/)(?:dist[^/]*|build|builds|cjs|umd|amd|bundles?|browser|es5|esm5|legacy|min|out|types|polyfills?)\//i;
const testFolder =
  /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|mocks?|__mocks__|benchmarks?|e2e|i18n|locales?|lang)\/|\.(?:test|spec|bench)\.[cm]?js$/i;
const thirdParty = /(?:^|\/)(?:vendor|third-?party|thirdparty|libs|external|node_modules|deps)\//i;
const bundleName = /[.-](?:min|bundle|bundled|prod|production|umd|global|slim|iife)\.[cm]?js$/i;
const generatedHeader =
  /@generated|auto-?generated|automatically generated|do not edit|do not modify|generated (?:by|from|file)/i;

/**
 * Paths of the JavaScript files in a package folder, relative, with `/`, in code-unit order; independent of the file
 * system's own order.
 */
export function listSourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && sourceExtension.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort(compareCodeUnits);
}

/** The reason to leave a file out by its path, or null. */
export function dropByPath(path: string): FileDrop | null {
  if (thirdParty.test(path)) return 'file: third-party copy';
  if (buildFolder.test(path)) return 'file: build folder';
  if (testFolder.test(path)) return 'file: test or fixture';
  if (bundleName.test(path)) return 'file: minified or bundled';
  return null;
}

/**
 * The reason to leave a file out by its text, or null. A line over 1000 characters, or 120 on average, is no longer for
 * readers.
 */
export function dropByText(text: string): FileDrop | null {
  if (generatedHeader.test(text.slice(0, 1500))) return 'file: generated';
  let lines = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', lineStart)) {
    if (end - lineStart > 1000) return 'file: minified or bundled';
    lineStart = end + 1;
    lines += 1;
  }
  return text.length - lineStart > 1000 || text.length / lines > 120 ? 'file: minified or bundled' : null;
}

/** Order by UTF-16 code units: the same on every machine, unlike localeCompare. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
