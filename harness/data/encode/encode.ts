/**
 * Text -> token ids. The prompt is tokenized on its own and every response on its own with the end token behind it, so
 * one tokenization gives both the ids and the boundary between prompt and response. A tokenizer may leave the end token
 * out (`responseEnd`). What becomes of rows that do not fit is the experiment's choice (`overLength`), and counted.
 *
 * A rendered chat holds its special tokens itself, and none are added. It is tokenized as a whole, so that its ids are
 * those of `apply_chat_template`; the prompt ends where the ids of the prompt alone do, or before the first token that
 * would reach over that place.
 */
import { toUSVString } from 'node:util';
import type { OverLength } from '../../spec/experiment-schema.ts';
import type {
  CandidateQuestion,
  DropCounts,
  EncodedPair,
  EncodedQuestion,
  PreferencePair,
  TokenIds,
} from '../preference-pair.ts';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import { ContextFitter } from './context-fitter.ts';

export interface ContextOptions {
  readonly contextLength: number;
  readonly overLength: OverLength;
}

/** How rows are made to fit that this tokenizer encodes. */
export function contextFitter(
  noun: 'pair' | 'question',
  { beginTokens, responseEnd }: Tokenizer,
  options: ContextOptions,
): ContextFitter {
  return new ContextFitter(noun, { ...options, beginTokens, keepsLastToken: responseEnd.length > 0 });
}

interface Encoded<Row> {
  readonly encoded: Row[];
  readonly counts: DropCounts;
}

/**
 * The pairs as they fit into the context, in the given order.
 * @param where What they are, for the error where none is left.
 * @throws UserError (2) where the policy refuses a pair or leaves none.
 */
export function encodePairs(
  pairs: Iterable<PreferencePair>,
  tokenizer: Tokenizer,
  { where = 'pairs', ...options }: ContextOptions & { readonly where?: string },
): Encoded<EncodedPair> {
  const encode = pairEncoder(tokenizer);
  const fitter = contextFitter('pair', tokenizer, options);
  const encoded: EncodedPair[] = [];
  for (const pair of pairs) {
    const fitted = fitPair(encode(pair), fitter);
    if (fitted !== null) encoded.push(fitted);
  }
  fitter.requireSome(where);
  return { encoded, counts: fitter.counts() };
}

/** null where it is left out. */
export function fitPair(pair: EncodedPair, fitter: ContextFitter): EncodedPair | null {
  const { id, prompt, chosen, rejected } = pair;
  const row = fitter.fit(id, { prompt, responses: [chosen, rejected] });
  if (row === null) return null;
  const [better, worse] = row.responses as [TokenIds, TokenIds];
  return { ...pair, prompt: row.prompt, chosen: better, rejected: worse };
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
 * As `encodePairs`. A question with any candidate that does not fit is left out as a whole, where it is not cut: a pool
 * without its long answers would be another pool.
 */
export function encodeQuestions(
  questions: Iterable<CandidateQuestion>,
  tokenizer: Tokenizer,
  { where = 'questions', ...options }: ContextOptions & { readonly where?: string },
): Encoded<EncodedQuestion> {
  const fitter = contextFitter('question', tokenizer, options);
  const encoded: EncodedQuestion[] = [];
  for (const question of questions) {
    const { id, prompt, candidates } = encodeQuestion(question, tokenizer);
    const row = fitter.fit(id, { prompt, responses: candidates });
    if (row !== null) encoded.push({ id, prompt: row.prompt, candidates: row.responses });
  }
  fitter.requireSome(where);
  return { encoded, counts: fitter.counts() };
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

/**
 * The ids of a response, and behind them what the tokenizer has stand there. A response of no tokens is the end token
 * in any case: a reward must be read somewhere.
 */
export function encodeResponse(text: string, { encode, responseEnd, endToken }: Tokenizer): TokenIds {
  const ids = encode(text);
  if (ids.length === 0) return Int32Array.of(endToken);
  const ended = new Int32Array(ids.length + responseEnd.length);
  ended.set(ids);
  ended.set(responseEnd, ids.length);
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
