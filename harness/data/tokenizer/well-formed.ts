/** With the flag `u` a surrogate matches only where it stands alone. */
const loneSurrogate = /[\ud800-\udfff]/u;

/** @throws RangeError naming the offset (in UTF-16 code units) of a lone surrogate, which no UTF-8 text can hold */
export function requireWellFormed(text: string): void {
  const offset = text.search(loneSurrogate);
  if (offset === -1) return;
  const unit = text.charCodeAt(offset).toString(16).toUpperCase();
  throw new RangeError(`not well-formed text: a lone surrogate U+${unit} at offset ${offset}`);
}
