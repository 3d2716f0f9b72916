/** What a tokenizer puts before every text (`<s>` and the like). */
import type { HuggingFaceTokenizer } from '../data/index.ts';

const known = new WeakMap<HuggingFaceTokenizer, Int32Array>();

/** Read off one letter, with and without special tokens; empty where nothing stands before it. */
export function beginTokens(tokenizer: HuggingFaceTokenizer): Int32Array {
  const before = known.get(tokenizer) ?? readOff(tokenizer);
  known.set(tokenizer, before);
  return before;
}

function readOff(tokenizer: HuggingFaceTokenizer): Int32Array {
  const [plain, framed] = [false, true].map((specialTokens) => tokenizer.encode('a', { specialTokens }));
  if (plain === undefined || framed === undefined || plain.length === 0) return new Int32Array(0);
  for (let start = 0; start + plain.length <= framed.length; start++)
    if (plain.every((id, index) => framed[start + index] === id)) return framed.slice(0, start);
  return new Int32Array(0);
}

/** Whether the ids begin with `begin` and then with `begin` again. */
export function startsTwice(ids: Int32Array, begin: Int32Array): boolean {
  return begin.length > 0 && [...begin, ...begin].every((id, index) => ids[index] === id);
}
