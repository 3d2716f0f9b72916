/**
 * GPT-2's printable alphabet for bytes (Radford et al. 2019): the 188 printable Latin-1 characters stand for
 * themselves, and the other 68 bytes are shifted to U+0100 and up, so that a vocabulary of byte strings can be written
 * as JSON text.
 */
export const byteToCharacter: readonly string[] = buildAlphabet();

function buildAlphabet(): string[] {
  const alphabet: string[] = [];
  let shifted = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    alphabet.push(String.fromCodePoint(isPrintable ? byte : shifted++));
  }
  return alphabet;
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}
