/**
 * Which files hold code that people wrote by hand and meant to be read. Everything else is left out under its reason:
 * a model should learn from what people write, and nobody's secrets.
 */
import type { Language } from '../language/language.ts';
import { holdsSecret } from './secrets.ts';

/** Sorts of files that are left out, and that a corpus may ask to keep. */
export const fileSorts = ['tests', 'vendored', 'builds', 'minified', 'generated', 'secrets'] as const;
export type FileSort = (typeof fileSorts)[number];

export const reasons: Readonly<Record<FileSort, string>> = {
  tests: 'file: test or fixture',
  vendored: 'file: third-party copy',
  builds: 'file: build folder',
  minified: 'file: minified or bundled',
  generated: 'file: generated',
  secrets: 'file: holds a secret',
};

const folders: readonly (readonly [FileSort, RegExp])[] = [
  [
    'vendored',
    /(?:^|\/)(?:_?vendor(?:ed)?|third[-_]?party|external|externals|node_modules|bower_components|site-packages)\//i,
  ],
  ['builds', /(?:^|\/)(?:dist|build|out|coverage|target|__pycache__)\//i],
  ['tests', /(?:^|\/)(?:tests?|__tests__|testdata|specs?|fixtures?|mocks?|__mocks__|__fixtures__|__snapshots__)\//i],
  ['minified', /[.-](?:min|bundle|bundled)\.[cm]?js$/i],
  ['generated', /(?:_pb2(?:_grpc)?\.pyi?|[._-]generated\.\w+|\.pb\.\w+)$/i],
];
/** A statement about the file, not about what its code generates. */
const generatedHeaders: readonly RegExp[] = [
  /@generated\b|do not edit(?! this line)|do not modify (?:it|this file|directly|by hand|manually)/i,
  /\b(?:file|code|module|table)\s+(?:is|was|has been)\s+(?:auto(?:matically)?[- ]?)?generated\b/i,
  /\bauto(?:matically)?[- ]?generated (?:file|code)\b/i,
  // From a file, or by a program that is one.
  /generated (?:from|by|with) (?:the )?['"`]?[\w./\\-]*\w\.(?:py|pl|rb|sh|js|ts|txt|json|ya?ml|xml|csv|toml|proto|thrift|idl|g4|in|tmpl|template|c|h|cpp)\b/i,
  // At the start of a sentence at the start of a comment line.
  /^[ \t]*(?:\/\/|\/?\*+|#)[ \t!]*(?:A(?:uto|UTO)(?:matically)?[- ]?(?:generated|GENERATED)\b|(?:Generated|GENERATED) (?:by|from|with|using|file|code|content|BY|FROM)\b)/m,
];

/** Long before it, a file is a table or a bundle. In characters. */
const maxFileCharacters = 1_000_000;
/** Nobody reads a longer line, nor a file whose lines are longer than the second number on average. */
const maxLineCharacters = 1000;
const maxMeanLineCharacters = 120;

/** The reason to leave a file out by its path; null = none. */
export function dropByPath(file: string, language: Language, keep: readonly FileSort[]): string | null {
  if (language.declarationFile?.test(file) === true) return 'file: declarations only';
  const sort =
    folders.find(([name, pattern]) => !keep.includes(name) && pattern.test(file))?.[0] ??
    (language.testFile.test(file) && !keep.includes('tests') ? 'tests' : null);
  return sort === null ? null : reasons[sort];
}

/** The reason to leave a file out by its text; null = none. */
export function dropByText(text: string, keep: readonly FileSort[]): string | null {
  if (/[\0\ufffd]/.test(text)) return 'file: not UTF-8 text';
  if (text.length > maxFileCharacters) return 'file: over 1,000,000 characters';
  if (!keep.includes('generated') && isGenerated(text.slice(0, 1500))) return reasons.generated;
  if (!keep.includes('minified') && hasLongLines(text)) return reasons.minified;
  return !keep.includes('secrets') && holdsSecret(text) ? reasons.secrets : null;
}

function isGenerated(start: string): boolean {
  return generatedHeaders.some((pattern) => pattern.test(start));
}

function hasLongLines(text: string): boolean {
  let lines = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', lineStart)) {
    if (end - lineStart > maxLineCharacters) return true;
    lineStart = end + 1;
    lines += 1;
  }
  return text.length - lineStart > maxLineCharacters || text.length / lines > maxMeanLineCharacters;
}
