/** What a tokenizer puts around every text (`<s>` and the like). */
import type { HuggingFaceTokenizer } from '../data/index.ts';

interface Framing {
  readonly begin: Int32Array;
  readonly end: Int32Array;
}

const known = new WeakMap<HuggingFaceTokenizer, Framing>();

/** Read off one letter, with and without special tokens; empty where nothing stands before or behind it. */
export function framingTokens(tokenizer: HuggingFaceTokenizer): Framing {
  const around = known.get(tokenizer) ?? readOff(tokenizer);
  known.set(tokenizer, around);
  return around;
}

function readOff(tokenizer: HuggingFaceTokenizer): Framing {
  const none = { begin: new Int32Array(0), end: new Int32Array(0) };
  const [plain, framed] = [false, true].map((specialTokens) => tokenizer.encode('a', { specialTokens }));
  if (plain === undefined || framed === undefined || plain.length === 0) return none;
  for (let start = 0; start + plain.length <= framed.length; start++)
    if (plain.every((id, index) => framed[start + index] === id))
      return { begin: framed.slice(0, start), end: framed.slice(start + plain.length) };
  return none;
}

/** Whether the ids begin with `begin` and then with `begin` again. */
export function startsTwice(ids: Int32Array, begin: Int32Array): boolean {
  return begin.length > 0 && [...begin, ...begin].every((id, index) => ids[index] === id);
}
