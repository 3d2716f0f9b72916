/**
 * Rows of texts -> token ids. A model of ours: prompt and response tokenized apart, the end token behind the response
 * unless its config.json says that there is none, as in training. A model from elsewhere: the text prompt + response
 * (or a template of the two) tokenized as one, special tokens included, which is what `transformers` makes of it; what
 * the texts of a row have in common at their start is then computed once. Token ids are taken as they are.
 */
import { encodePrompt, encodeResponse, isDialogueText, splitDialogues } from '../data/index.ts';
import { framingTokens, startsTwice } from './begin-tokens.ts';
import type { TextOrTokens } from './parse-row.ts';
import { questionOf } from './sequences.ts';
import type { EncodedRow, ForeignEncoder, OwnEncoder, TextEncoder } from './text-encoder.ts';

export interface TextRow {
  readonly prompt: TextOrTokens | null;
  readonly responses: readonly TextOrTokens[];
}

export function encodeTexts(row: TextRow, encoder: TextEncoder): EncodedRow {
  return encoder.kind === 'own' ? encodeOwn(withPrompt(row), encoder) : encodeForeign(row, encoder);
}

/** Dialogues as one text each have their prompt at their common beginning. @throws ChatProblem where they have none. */
function withPrompt(row: TextRow): TextRow {
  const texts = row.responses.filter((one) => typeof one === 'string');
  const areDialogues = texts.length === row.responses.length && texts.every(isDialogueText);
  return row.prompt === null && areDialogues ? splitDialogues(texts) : row;
}

function encodeOwn({ prompt, responses }: TextRow, { tokenizer }: OwnEncoder): EncodedRow {
  if (prompt === null) return { problems: ['prompt is missing: this model was trained on prompt and response'] };
  const ids = typeof prompt === 'string' ? encodePrompt(prompt, tokenizer()) : Int32Array.from(prompt);
  if (ids.length === 0) return { problems: ['prompt is empty: expected at least one token'] };
  return { question: { prompt: ids, responses: responses.map((response) => ownResponse(response, tokenizer)) } };
}

function ownResponse(response: TextOrTokens, tokenizer: OwnEncoder['tokenizer']): Int32Array {
  return typeof response === 'string' ? encodeResponse(response, tokenizer()) : Int32Array.from(response);
}

function encodeForeign({ prompt, responses }: TextRow, encoder: ForeignEncoder): EncodedRow {
  const start = prompt ?? (typeof responses[0] === 'string' ? '' : []);
  if (responses.some((response) => typeof response !== typeof start))
    return {
      problems: [
        'prompt and responses: found texts beside token ids; expected all of them as texts, or all as token ids',
      ],
    };
  const sequences = responses.map((response) => joined(start, response, encoder));
  const doubled = typeof start === 'string' ? doubledBegin(sequences, encoder) : null;
  return doubled === null ? { question: questionOf(sequences, encoder.pad) } : { problems: [doubled] };
}

const plainTemplate = '{prompt}{response}';

function joined(
  prompt: TextOrTokens,
  response: TextOrTokens,
  { tokenizer, template, specialTokens }: ForeignEncoder,
): Int32Array {
  if (typeof prompt !== 'string' || typeof response !== 'string')
    return Int32Array.from([...(prompt as readonly number[]), ...(response as readonly number[])]);
  // One pass over the template, so that a prompt that holds the text {response} stays as it is.
  const text = (template ?? plainTemplate).replaceAll(/\{(prompt|response)\}/g, (_, name) =>
    name === 'prompt' ? prompt : response,
  );
  return tokenizer().encode(text, { specialTokens });
}

/** A text that was rendered before has its first token already; a second one gives another reward. */
function doubledBegin(sequences: readonly Int32Array[], { tokenizer, specialTokens }: ForeignEncoder): string | null {
  if (!specialTokens) return null;
  const { begin } = framingTokens(tokenizer());
  if (!sequences.some((ids) => startsTwice(ids, begin))) return null;
  const text = tokenizer().decode(begin);
  return (
    `the text begins with ${text}, and the tokenizer puts ${text} before every text: it would stand there twice. ` +
    `Leave it out of the texts, or use --no-special-tokens`
  );
}
