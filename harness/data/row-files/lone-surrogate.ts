/**
 * Half of a surrogate pair, which JSON can write ("\ud83d") and UTF-8 cannot. A tokenizer would read a replacement
 * character in its place, the same one for each half: another text than was given.
 */

export function hasLoneSurrogate(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/**
 * The first half in the texts of a value: where (`[0].content`), and which (`\ud83d`). null without one.
 *
 * @param names Fields that count, in objects within the value.
 */
export function loneSurrogateIn(
  value: unknown,
  names: ReadonlySet<string>,
): { readonly path: string; readonly half: string } | null {
  if (typeof value === 'string') {
    const half = /\p{Cs}/u.exec(value)?.[0];
    return half === undefined ? null : { path: '', half: `\\u${half.charCodeAt(0).toString(16)}` };
  }
  if (typeof value !== 'object' || value === null) return null;
  const isList = Array.isArray(value);
  for (const [name, inner] of Object.entries(value)) {
    const found = isList || names.has(name) ? loneSurrogateIn(inner, names) : null;
    if (found !== null) return { ...found, path: `${isList ? `[${name}]` : `.${name}`}${found.path}` };
  }
  return null;
}
