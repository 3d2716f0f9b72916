/**
 * Rows of text -> token ids, as in the training of the model. A model of ours: prompt and response tokenized apart, the
 * end token behind the response, as in training. A model from elsewhere: the text prompt + response (or a template of
 * the two) tokenized as one, special tokens included, which is what `transformers` makes of it; what the texts of a row
 * have in common at their start is then computed once. Token ids are taken as they are.
 */
import { encodePrompt, encodeResponse, type HuggingFaceTokenizer, type Tokenizer } from '../data/index.ts';
import type { ScoreRow, TextOrTokens } from './parse-row.ts';
import type { ScoredQuestion } from './batches.ts';

/** The tokenizer is loaded at the first text, so that rows of token ids need none. */
export type TextEncoder =
  | { readonly kind: 'own'; readonly tokenizer: () => Tokenizer }
  | {
      readonly kind: 'foreign';
      readonly tokenizer: () => HuggingFaceTokenizer;
      readonly template: string;
      readonly specialTokens: boolean;
      readonly pad: number | null;
    };

type OwnEncoder = Extract<TextEncoder, { readonly kind: 'own' }>;
type ForeignEncoder = Extract<TextEncoder, { readonly kind: 'foreign' }>;

/** The template of a model from elsewhere unless another is given. */
export const plainTemplate = '{prompt}{response}';

type EncodedRow = { readonly question: ScoredQuestion } | { readonly problems: readonly string[] };

interface EncoderLimits {
  readonly vocabSize: number;
  readonly contextLength: number;
}

/** The token ids of a row, or why it cannot be scored; nothing is ever cut off. */
export function encodeRow(row: ScoreRow, encoder: TextEncoder, limits: EncoderLimits): EncodedRow {
  const encoded = encoder.kind === 'own' ? encodeOwn(row, encoder) : encodeForeign(row, encoder);
  if ('problems' in encoded) return encoded;
  const { prompt, responses } = encoded.question;
  const problems = responses.flatMap((response, index) =>
    problemsOf({ prompt, response, name: responseName(row, index) }, limits),
  );
  return problems.length > 0 ? { problems: [...new Set(problems)] } : encoded;
}

export function responseName({ kind }: ScoreRow, index: number): string {
  if (kind === 'candidates') return `candidates[${index}]`;
  return kind === 'response' ? 'response' : index === 0 ? 'chosen' : 'rejected';
}

function encodeOwn({ prompt, responses }: ScoreRow, { tokenizer }: OwnEncoder): EncodedRow {
  if (prompt === null) return { problems: ['prompt is missing: this model was trained on prompt and response'] };
  const ids = typeof prompt === 'string' ? encodePrompt(prompt, tokenizer()) : Int32Array.from(prompt);
  if (ids.length === 0) return { problems: ['prompt is empty: expected at least one token'] };
  return { question: { prompt: ids, responses: responses.map((response) => ownResponse(response, tokenizer)) } };
}

function ownResponse(response: TextOrTokens, tokenizer: OwnEncoder['tokenizer']): Int32Array {
  return typeof response === 'string' ? encodeResponse(response, tokenizer()) : Int32Array.from(response);
}

function encodeForeign({ prompt, responses }: ScoreRow, encoder: ForeignEncoder): EncodedRow {
  const start = prompt ?? (typeof responses[0] === 'string' ? '' : []);
  if (responses.some((response) => typeof response !== typeof start))
    return {
      problems: [
        'prompt and responses: found texts beside token ids; expected all of them as texts, or all as token ids',
      ],
    };
  const sequences = responses.map((response) => withoutPadding(joined(start, response, encoder), encoder.pad));
  return { question: withCommonStart(sequences) };
}

function joined(
  prompt: TextOrTokens,
  response: TextOrTokens,
  { tokenizer, template, specialTokens }: ForeignEncoder,
): Int32Array {
  if (typeof prompt !== 'string' || typeof response !== 'string')
    return Int32Array.from([...(prompt as readonly number[]), ...(response as readonly number[])]);
  // One pass over the template, so that a prompt that holds the text {response} stays as it is.
  const text = template.replaceAll(/\{(prompt|response)\}/g, (_, name) => (name === 'prompt' ? prompt : response));
  return tokenizer().encode(text, { specialTokens });
}

/** `transformers` reads the reward at the last token that is not the pad token. */
function withoutPadding(tokens: Int32Array, pad: number | null): Int32Array {
  return pad === null ? tokens : tokens.subarray(0, Math.max(1, tokens.findLastIndex((token) => token !== pad) + 1));
}

/** A response keeps at least its last token, where the reward is read. */
function withCommonStart(sequences: readonly Int32Array[]): ScoredQuestion {
  const first = sequences[0] ?? new Int32Array(0);
  let common = sequences.reduce((shortest, { length }) => Math.min(shortest, length - 1), Infinity);
  for (const sequence of sequences) {
    let same = 0;
    while (same < common && sequence[same] === first[same]) same += 1;
    common = same;
  }
  return {
    prompt: first.subarray(0, Math.max(0, common)),
    responses: sequences.map((sequence) => sequence.subarray(Math.max(0, common))),
  };
}

interface NamedResponse {
  readonly name: string;
  readonly prompt: Int32Array;
  readonly response: Int32Array;
}

function problemsOf({ name, prompt, response }: NamedResponse, limits: EncoderLimits): readonly string[] {
  const problems: string[] = [];
  if (response.length === 0) problems.push(`${name} is empty: expected at least one token`);
  const unknown = firstUnknown([prompt, response], limits);
  if (unknown !== undefined) problems.push(`${name}: ${unknownToken(unknown, limits)}`);
  const length = prompt.length + response.length;
  if (length > limits.contextLength) problems.push(`${name}: ${tooLong(length, limits)}`);
  return problems;
}

function firstUnknown(segments: readonly Int32Array[], { vocabSize }: EncoderLimits): number | undefined {
  for (const tokens of segments) {
    const unknown = tokens.find((id) => id >= vocabSize);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function unknownToken(id: number, { vocabSize }: EncoderLimits): string {
  return `token id ${id}: expected ids below ${vocabSize}, the vocabulary of the model`;
}

/** What `contextLength` is, in messages: the attention of a model may well reach less far. */
export const longestInput = 'the longest input of the model';

function tooLong(length: number, { contextLength }: EncoderLimits): string {
  return `prompt and response are ${length} tokens; expected at most ${contextLength}, ${longestInput}`;
}
