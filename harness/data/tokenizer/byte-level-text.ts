/** Text in the alphabet of bytes: every byte of its UTF-8 is one character. */
import { byteToCharacter, utf8Bytes } from './byte-alphabet.ts';

const space = byteToCharacter[0x20] as string;

/** Printable ASCII stands for itself. */
const needsChange = /[^!-~]/;
const needsChangeAfterSpace = /^ [!-~]*$/;

export function toByteLevel(text: string): string {
  if (!needsChange.test(text)) return text;
  if (needsChangeAfterSpace.test(text)) return space + text.slice(1);
  let characters = '';
  for (const byte of utf8Bytes(text)) characters += byteToCharacter[byte] as string;
  return characters;
}
