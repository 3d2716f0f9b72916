/**
 * Text -> token ids. The prompt is tokenized on its own and every response on its own with the end token behind it, so
 * one tokenization gives both the ids and the boundary between prompt and response. Rows that do not fit are dropped
 * and counted, never truncated: a cut response would no longer be the one that was labelled.
 *
 * A rendered chat holds its special tokens itself, and none are added. It is tokenized as a whole, so that its ids are
 * those of `apply_chat_template`; the prompt ends where the ids of the prompt alone do, or before the first token that
 * would reach over that place.
 */
import { toUSVString } from 'node:util';
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
  const fits = (pair: EncodedPair): boolean => fitsContext(pair, contextLength);
  const { kept, dropped } = keepFitting(pairs, pairEncoder(tokenizer), fits);
  return { encoded: kept, counts: { [overLong]: dropped } };
}

/** The reason under which pairs are counted that do not fit. */
export const overLong = 'pair: longer than the context';

export function fitsContext({ prompt, chosen, rejected }: EncodedPair, contextLength: number): boolean {
  return prompt.length + Math.max(chosen.length, rejected.length) <= contextLength;
}

/**
 * Remembers the last texts: pairs of one question often lie side by side and share them. Half a surrogate pair is
 * U+FFFD here, as in the file of the texts (`storage/pair-table.ts`).
 */
export function pairEncoder(tokenizer: Tokenizer): (pair: PreferencePair) => EncodedPair {
  const promptOf = rememberLast((text) => encodePrompt(toUSVString(text), tokenizer));
  const responseOf = (text: string): TokenIds => encodeResponse(toUSVString(text), tokenizer);
  const encodeChosen = rememberLast(responseOf);
  return (pair) => ({
    id: pair.id,
    ...(pair.isRendered === true
      ? renderedPair(pair, tokenizer)
      : {
          prompt: promptOf(pair.prompt),
          chosen: encodeChosen(pair.chosen),
          rejected: responseOf(pair.rejected),
        }),
    ...(pair.margin === undefined ? {} : { margin: pair.margin }),
  });
}

function renderedPair(
  { prompt, chosen, rejected }: PreferencePair,
  tokenizer: Tokenizer,
): Pick<EncodedPair, 'prompt' | 'chosen' | 'rejected'> {
  const encoded = encodeRendered(prompt, [chosen, rejected], tokenizer);
  const [better, worse] = encoded.responses as [TokenIds, TokenIds];
  return { prompt: encoded.prompt, chosen: better, rejected: worse };
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
  const fits = ({ prompt, candidates }: EncodedQuestion): boolean =>
    candidates.every((candidate) => prompt.length + candidate.length <= contextLength);
  const { kept, dropped } = keepFitting(questions, (question) => encodeQuestion(question, tokenizer), fits);
  return { encoded: kept, counts: { 'question: longer than the context': dropped } };
}

function encodeQuestion(question: CandidateQuestion, tokenizer: Tokenizer): EncodedQuestion {
  const { id, prompt, candidates } = question;
  if (question.isRendered === true) {
    const texts = candidates.map(({ text }) => text);
    const encoded = encodeRendered(prompt, texts, tokenizer);
    return { id, prompt: encoded.prompt, candidates: encoded.responses };
  }
  return {
    id,
    prompt: encodePrompt(prompt, tokenizer),
    candidates: candidates.map((candidate) => encodeResponse(candidate.text, tokenizer)),
  };
}

function keepFitting<Row, Encoded>(
  rows: Iterable<Row>,
  encode: (row: Row) => Encoded,
  fits: (encoded: Encoded) => boolean,
): { kept: Encoded[]; dropped: number } {
  const kept: Encoded[] = [];
  let dropped = 0;
  for (const row of rows) {
    const encoded = encode(row);
    if (fits(encoded)) kept.push(encoded);
    else dropped += 1;
  }
  return { kept, dropped };
}

/**
 * The ids of a prompt behind those that stand before every text. A text that begins with these tokens itself (`<s>`)
 * gets no second ones.
 */
export function encodePrompt(text: string, { beginTokens, encode }: Tokenizer): TokenIds {
  const ids = encode(text);
  if (beginTokens.every((id, index) => ids[index] === id)) return ids;
  const begun = new Int32Array(beginTokens.length + ids.length);
  begun.set(beginTokens);
  begun.set(ids, beginTokens.length);
  return begun;
}

/**
 * A rendered chat: no token is added, and prompt and response together have the ids of the text as a whole. A response
 * keeps at least its last token.
 */
export function encodeRendered(
  prompt: string,
  responses: readonly string[],
  { encode }: Pick<Tokenizer, 'encode'>,
): { readonly prompt: TokenIds; readonly responses: readonly TokenIds[] } {
  const alone = encode(prompt);
  const whole = responses.map((response) => encode(`${prompt}${response}`));
  let length = alone.length;
  for (const ids of whole) {
    let same = 0;
    while (same < Math.min(length, ids.length - 1) && ids[same] === alone[same]) same += 1;
    length = same;
  }
  return { prompt: alone.slice(0, length), responses: whole.map((ids) => ids.slice(length)) };
}

/** The ids of a response with the end token behind them. */
export function encodeResponse(text: string, tokenizer: Tokenizer): TokenIds {
  const ids = tokenizer.encode(text);
  const ended = new Int32Array(ids.length + 1);
  ended.set(ids);
  ended[ids.length] = tokenizer.endToken;
  return ended;
}

function rememberLast(encode: (text: string) => TokenIds): (text: string) => TokenIds {
  let lastText: string | null = null;
  let lastIds: TokenIds = new Int32Array(0);
  return (text) => {
    if (text !== lastText) [lastText, lastIds] = [text, encode(text)];
    return lastIds;
  };
}
