/**
 * Text -> token ids. The prompt is tokenized on its own and every response on its own with the end token behind it, so
 * one tokenization gives both the ids and the boundary between prompt and response. Rows that do not fit are dropped
 * and counted, never truncated: a cut response would no longer be the one that was labelled.
 */
import type {
  CandidateQuestion,
  DropCounts,
  EncodedPair,
  EncodedQuestion,
  PreferencePair,
  TokenIds,
} from '../preference-pair.ts';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';

/** Keeps the pairs whose prompt and longer response fit into `contextLength` tokens together, in the given order. */
export function encodePairs(
  pairs: Iterable<PreferencePair>,
  tokenizer: Tokenizer,
  contextLength: number,
): { encoded: EncodedPair[]; counts: DropCounts } {
  const promptOf = rememberLast((text) => encodePrompt(text, tokenizer));
  const encodeChosen = rememberLast((text) => encodeResponse(text, tokenizer));
  const encoded: EncodedPair[] = [];
  let overLength = 0;
  for (const pair of pairs) {
    const row = {
      id: pair.id,
      prompt: promptOf(pair.prompt),
      chosen: encodeChosen(pair.chosen),
      rejected: encodeResponse(pair.rejected, tokenizer),
      ...(pair.margin === undefined ? {} : { margin: pair.margin }),
    };
    if (row.prompt.length + Math.max(row.chosen.length, row.rejected.length) <= contextLength) encoded.push(row);
    else overLength += 1;
  }
  return { encoded, counts: { 'pair: longer than the context': overLength } };
}

/**
 * A question with any candidate that does not fit is dropped as a whole: a pool without its long answers would be
 * another pool.
 */
export function encodeQuestions(
  questions: Iterable<CandidateQuestion>,
  tokenizer: Tokenizer,
  contextLength: number,
): { encoded: EncodedQuestion[]; counts: DropCounts } {
  const encoded: EncodedQuestion[] = [];
  let overLength = 0;
  for (const question of questions) {
    const prompt = encodePrompt(question.prompt, tokenizer);
    const candidates = question.candidates.map((candidate) => encodeResponse(candidate.text, tokenizer));
    if (candidates.every((candidate) => prompt.length + candidate.length <= contextLength))
      encoded.push({ id: question.id, prompt, candidates });
    else overLength += 1;
  }
  return { encoded, counts: { 'question: longer than the context': overLength } };
}

/** The ids of a prompt behind those that stand before every text. */
export function encodePrompt(text: string, { beginTokens, encode }: Tokenizer): TokenIds {
  const ids = encode(text);
  if (beginTokens.length === 0) return ids;
  const begun = new Int32Array(beginTokens.length + ids.length);
  begun.set(beginTokens);
  begun.set(ids, beginTokens.length);
  return begun;
}

/** The ids of a response with the end token behind them. */
export function encodeResponse(text: string, tokenizer: Tokenizer): TokenIds {
  const ids = tokenizer.encode(text);
  const ended = new Int32Array(ids.length + 1);
  ended.set(ids);
  ended[ids.length] = tokenizer.endToken;
  return ended;
}

/** Pairs of one question often lie side by side and share their texts. */
function rememberLast(encode: (text: string) => TokenIds): (text: string) => TokenIds {
  let lastText: string | null = null;
  let lastIds: TokenIds = new Int32Array(0);
  return (text) => {
    if (text !== lastText) [lastText, lastIds] = [text, encode(text)];
    return lastIds;
  };
}
