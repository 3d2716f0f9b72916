/** Tokens in GPT-2's alphabet for bytes. */
import { byteToCharacter, utf8Bytes } from '../byte-alphabet.ts';
import type { Decoder } from './decoder.ts';

const byteOf = new Map(byteToCharacter.map((character, byte) => [character, byte]));
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * All tokens are decoded as one text, since a character may be spread over several; what is no UTF-8 becomes U+FFFD. A
 * token with a character outside the alphabet (an added one) stands for itself.
 */
export const byteLevel: Decoder = (tokens) => {
  const bytes: number[] = [];
  for (const token of tokens) for (const byte of bytesOf(token)) bytes.push(byte);
  return [utf8.decode(Uint8Array.from(bytes))];
};

function bytesOf(token: string): Iterable<number> {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteOf.get(character);
    if (byte === undefined) return utf8Bytes(token);
    bytes.push(byte);
  }
  return bytes;
}
