/**
 * A value of a file to score -> a row, or everything that is wrong with it. A row has an optional `prompt` and one of:
 * `response`; `chosen` and `rejected`; `candidates`. Texts are strings or lists of token ids; a candidate may also be
 * an object with its text under `text`, as in the pools that tasks write. Other fields are ignored, unless one looks
 * like a misspelt name.
 */
import { didYouMean } from '../spec/index.ts';

/** A text, or the token ids it stands for. */
export type TextOrTokens = string | readonly number[];

export interface ScoreRow {
  readonly id: string | number | null;
  readonly kind: 'response' | 'pair' | 'candidates';
  readonly prompt: TextOrTokens | null;
  /** One; chosen and rejected; or the candidates. */
  readonly responses: readonly TextOrTokens[];
}

type ParsedRow = { readonly row: ScoreRow } | { readonly problems: readonly string[] };

/** All that is read of a row. */
export const rowFields = ['id', 'prompt', 'response', 'chosen', 'rejected', 'candidates'] as const;
const shapes = '{"prompt", "response"}, {"prompt", "chosen", "rejected"} or {"prompt", "candidates": [...]}';

export function parseRow(value: unknown): ParsedRow {
  return isObject(value) ? rowOf(value) : { problems: [`found ${nameOf(value)}; expected ${shapes}`] };
}

type Fields = Readonly<Record<string, unknown>>;

function rowOf(value: Fields): ParsedRow {
  const [kind, ...others] = kindsOf(value);
  if (kind === undefined)
    return { problems: [`nothing to score: found ${foundFields(value)}; expected ${shapes}${slips(value)}`] };
  if (others.length > 0)
    return { problems: [`found ${foundFields(value)}; expected one of response, chosen + rejected, candidates`] };
  const reader = new FieldReader(value);
  const row = { id: reader.id(), kind, prompt: reader.prompt(), responses: responsesOf(kind, value, reader) };
  return reader.problems.length > 0 ? { problems: reader.problems } : { row };
}

function kindsOf(value: Fields): readonly ScoreRow['kind'][] {
  return [
    ...('response' in value ? ['response' as const] : []),
    ...('chosen' in value || 'rejected' in value ? ['pair' as const] : []),
    ...('candidates' in value ? ['candidates' as const] : []),
  ];
}

/** Reads fields of one row and collects what is wrong with them. */
class FieldReader {
  readonly problems: string[] = [];
  readonly #value: Fields;

  constructor(value: Fields) {
    this.#value = value;
  }

  text(name: string, found: unknown): TextOrTokens {
    if (isTextOrTokens(found)) return found;
    this.problems.push(
      found === undefined
        ? `${name} is missing: found ${foundFields(this.#value)}${slips(this.#value, [name])}`
        : `${name}: found ${nameOf(found)}; expected a text or a list of token ids${ofMessages(found)}`,
    );
    return '';
  }

  id(): ScoreRow['id'] {
    const { id } = this.#value;
    if (typeof id === 'string' || typeof id === 'number') return id;
    if (id !== undefined && id !== null) this.problems.push(`id: found ${nameOf(id)}; expected a text or a number`);
    return null;
  }

  /** Null where there is none, which is a problem only where another field looks like a misspelt one. */
  prompt(): TextOrTokens | null {
    const found = this.#value['prompt'] ?? null;
    if (found !== null) return this.text('prompt', found);
    const slip = slips(this.#value, ['prompt']);
    if (slip !== '') this.problems.push(`prompt is missing: found ${foundFields(this.#value)}${slip}`);
    return null;
  }
}

function responsesOf(kind: ScoreRow['kind'], value: Fields, reader: FieldReader): readonly TextOrTokens[] {
  if (kind === 'response') return [reader.text('response', value['response'])];
  if (kind === 'pair') return [reader.text('chosen', value['chosen']), reader.text('rejected', value['rejected'])];
  return candidatesOf(value['candidates'], reader);
}

function candidatesOf(candidates: unknown, reader: FieldReader): readonly TextOrTokens[] {
  if (Array.isArray(candidates) && candidates.length > 0)
    return candidates.map((candidate: unknown, index) =>
      reader.text(`candidates[${index}]`, isObject(candidate) && 'text' in candidate ? candidate['text'] : candidate),
    );
  const found = Array.isArray(candidates) ? 'an empty list' : nameOf(candidates);
  reader.problems.push(`candidates: found ${found}; expected a list of responses`);
  return [];
}

function isTextOrTokens(value: unknown): value is TextOrTokens {
  return typeof value === 'string' || (Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Chat messages are not rendered here: every model has a template of its own. */
function ofMessages(value: unknown): string {
  const isChat =
    Array.isArray(value) && value.length > 0 && value.every((message) => isObject(message) && 'role' in message);
  return isChat ? ' (these are chat messages: render them with the chat template of the model first)' : '';
}

function foundFields(value: Fields): string {
  const names = Object.keys(value);
  return names.length === 0
    ? 'no fields'
    : `the field${names.length === 1 ? '' : 's'} ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''}`;
}

/** ` (respnse: did you mean response?)` where an unknown field is a near miss of one that is not there. */
function slips(value: Fields, wanted: readonly string[] = rowFields): string {
  const missing = wanted.filter((field) => !(field in value));
  for (const name of Object.keys(value)) {
    const advice = (rowFields as readonly string[]).includes(name) ? null : didYouMean(name, missing);
    if (advice !== null) return ` (${name}: ${advice})`;
  }
  return '';
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value))
    return value.every((entry) => typeof entry === 'number')
      ? 'a list with numbers that are no token ids'
      : `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `${typeof value} ${excerpt(JSON.stringify(value) ?? '')}`;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
