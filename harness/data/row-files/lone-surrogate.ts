/**
 * Half of a surrogate pair, which JSON can write ("\ud83d") and UTF-8 cannot. A tokenizer would read a replacement
 * character in its place, the same one for each half: another text than was given.
 */

/** The texts of a value that have one: where (`prompt[0].content`), and the first half in each (`\ud83d`). */
export function loneSurrogatesIn(
  value: unknown,
  path: string,
): readonly { readonly path: string; readonly half: string }[] {
  if (typeof value === 'string') {
    const half = /\p{Cs}/u.exec(value)?.[0];
    return half === undefined ? [] : [{ path, half: `\\u${half.charCodeAt(0).toString(16)}` }];
  }
  // Lists of token ids are long, and hold no texts.
  if (typeof value !== 'object' || value === null || typeof (value as unknown[])[0] === 'number') return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    loneSurrogatesIn(inner, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`),
  );
}
