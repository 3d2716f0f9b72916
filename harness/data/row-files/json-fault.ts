/** What is wrong with a text that is no JSON, and what to do about it. */

/** `at` counts from the start of the text that was read. */
export class JsonFault extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** The text ends where a value goes on: with more of it there may be no fault. */
export class JsonCut extends Error {}

const shownCharacters = 24;

/** Words of Python and JavaScript that people write into JSON. */
const foreignWords: Readonly<Record<string, string>> = {
  None: 'null',
  True: 'true',
  False: 'false',
  undefined: 'null',
};

/** `found X where Y was expected`, in the words of what was most likely meant. */
export function unexpected(text: string, at: number, expected: string): JsonFault {
  const rest = text.slice(at, at + shownCharacters);
  const word = /^\w+/.exec(rest)?.[0] ?? '';
  const json = foreignWords[word];
  if (json !== undefined) return new JsonFault(at, `found ${word}; JSON has ${json}`);
  if (rest.startsWith("'")) return new JsonFault(at, 'found a single quote; JSON has double quotes');
  if (/^(?:\/[/*]|#)/.test(rest)) return new JsonFault(at, 'found a comment; JSON has none');
  return new JsonFault(at, `found ${shown(text, at)}; expected ${expected}`);
}

function shown(text: string, at: number): string {
  if (at >= text.length) return 'the end of the file';
  if (/[\r\n]/.test(text[at] ?? '')) return 'the end of the line';
  const [line = ''] = text.slice(at, at + 4 * shownCharacters).split(/[\r\n]/, 1);
  const characters = [...line];
  return characters.length > shownCharacters ? `${characters.slice(0, shownCharacters).join('')}...` : line;
}
