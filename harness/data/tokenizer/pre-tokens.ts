/**
 * How text is cut before byte-pair encoding; merges never cross these cuts. In order: a word with at most one leading
 * space or symbol (` foo`, `.bar`, `(x`); a single digit, so that numbers are spelled; a run of symbols with an
 * optional leading space and its line breaks (`);\n`); blank lines; indentation without its last space, which belongs
 * to the next word.
 */
export const preTokenPattern = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const preTokenRegExp = new RegExp(preTokenPattern, 'gu');

/** Concatenating the result gives the text back: the pattern covers every character. */
export function splitPreTokens(text: string): string[] {
  return text.match(preTokenRegExp) ?? [];
}
