/** SentencePiece writes a space as `▁`, with which words start. */
export const wordStart = '▁';

/** Calls `each` with the parts of a text that is cut before every `▁` behind another character. */
export function cutAtWordStarts(text: string, each: (word: string) => void): void {
  let start = 0;
  for (let at = text.indexOf(wordStart, 1); at !== -1; at = text.indexOf(wordStart, at + 1)) {
    if (text[at - 1] === wordStart) continue;
    each(text.slice(start, at));
    start = at;
  }
  if (start < text.length) each(start === 0 ? text : text.slice(start));
}
