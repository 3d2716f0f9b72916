/** Tokens like `<0x0A>` are bytes. */
import type { Decoder } from './decoder.ts';

/** The library reads numbers with a plus sign too. */
const byteToken = /^<0x([0-9a-fA-F]{2}|\+[0-9a-fA-F])>$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes in a row are one text; where they are no UTF-8, each of them becomes U+FFFD. */
export const byteFallback: Decoder = (tokens) => {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    texts.push(...textsOf(bytes));
    bytes = [];
  };
  for (const token of tokens) {
    const [, digits] = byteToken.exec(token) ?? [];
    if (digits !== undefined) {
      bytes.push(Number.parseInt(digits, 16));
      continue;
    }
    flush();
    texts.push(token);
  }
  flush();
  return texts;
};

function textsOf(bytes: readonly number[]): readonly string[] {
  if (bytes.length === 0) return [];
  try {
    return [strictUtf8.decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => '\ufffd');
  }
}
