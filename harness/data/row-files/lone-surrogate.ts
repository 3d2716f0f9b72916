/**
 * Half of a surrogate pair, which JSON can write ("\ud83d") and UTF-8 cannot. A tokenizer would read a replacement
 * character in its place, the same one for each half: another text than was given.
 */

export function hasLoneSurrogate(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/**
 * The first text with one in a value: where in it, and which half (`\\ud83d`). null without one.
 */
export function loneSurrogateIn(value: unknown): { readonly path: string; readonly half: string } | null {
  if (typeof value === 'string') {
    const half = /\p{Cs}/u.exec(value)?.[0];
    return half === undefined ? null : { path: '', half: `\\u${half.charCodeAt(0).toString(16)}` };
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = loneSurrogateIn(inner);
    if (found !== null) return { ...found, path: `${Array.isArray(value) ? `[${name}]` : `.${name}`}${found.path}` };
  }
  return null;
}
