/** `Prepend`: puts a text before every text that is not empty. */
import type { ReadNormalizer } from './normalizer.ts';

export const readPrepend: ReadNormalizer = (reader) => {
  const prefix = reader.text('prepend');
  return (piece) => {
    if (piece.text === '') return piece;
    const startLength = piece.startLength <= 0 ? piece.startLength : prefix.length + piece.startLength;
    return { text: prefix + piece.text, startLength };
  };
};
