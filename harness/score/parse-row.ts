/**
 * A value of a file to score -> a row, or everything that is wrong with it. A row has an optional `prompt` and one of:
 * `response`; `chosen` and `rejected`; `candidates`; or `messages` alone. What is said in them are texts, lists of
 * token ids or lists of chat messages. `chosen` and `rejected` may be lists of these, as in RewardBench 2. A candidate
 * may also be an object with its text under `text`, as in the pools that tasks write. Other fields are ignored, unless
 * one looks like a misspelt name.
 */
import { ChatProblem, looksLikeMessages, readMessages, type Messages } from '../data/index.ts';
import { didYouMean } from '../spec/index.ts';

/** A text, or the token ids it stands for. */
export type TextOrTokens = string | readonly number[];
export type Said = TextOrTokens | Messages;

export interface ScoreRow {
  readonly id: string | number | null;
  readonly kind: 'response' | 'pair' | 'candidates';
  readonly prompt: Said | null;
  /** One; chosen and rejected; or the candidates. */
  readonly responses: readonly Said[];
  /** What messages call the responses: `chosen`, `candidates[2]`. */
  readonly names: readonly string[];
  /** Of rows that are rendered as chat. */
  readonly system: string | null;
  readonly tools: readonly object[] | null;
}

type ParsedRow = { readonly row: ScoreRow } | { readonly problems: readonly string[] };

/** All that is read of a row. */
export const rowFields: readonly string[] = [
  'id',
  'prompt',
  'response',
  'chosen',
  'rejected',
  'candidates',
  'messages',
  'system',
  'tools',
];
const shapes =
  '{"prompt", "response"}, {"prompt", "chosen", "rejected"}, {"prompt", "candidates": [...]} or {"messages": [...]}';

/** @param value Parsed JSON. */
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
  const responses = responsesOf(kind, value, reader);
  const row = {
    id: reader.id(),
    kind: kind === 'pair' && responses.length !== 2 ? ('candidates' as const) : kind,
    prompt: reader.prompt(kind),
    responses: responses.map(({ said }) => said),
    names: responses.map(({ name }) => name),
    system: reader.system(),
    tools: reader.tools(),
  };
  return reader.problems.length > 0 ? { problems: reader.problems } : { row };
}

function kindsOf(value: Fields): readonly ScoreRow['kind'][] {
  const kinds = [
    ...('response' in value ? ['response' as const] : []),
    ...('chosen' in value || 'rejected' in value ? ['pair' as const] : []),
    ...('candidates' in value ? ['candidates' as const] : []),
  ];
  return kinds.length === 0 && 'messages' in value ? ['response'] : kinds;
}

interface NamedSaid {
  readonly name: string;
  readonly said: Said;
}

/** Reads fields of one row and collects what is wrong with them. */
class FieldReader {
  readonly problems: string[] = [];
  readonly #value: Fields;

  constructor(value: Fields) {
    this.#value = value;
  }

  said(name: string, found: unknown): NamedSaid {
    return { name, said: this.#said(name, found) };
  }

  #said(name: string, found: unknown): Said {
    if (looksLikeMessages(found)) return this.#messages(name, found);
    if (isTextOrTokens(found)) return found;
    this.problems.push(
      found === undefined
        ? `${name} is missing: found ${foundFields(this.#value)}${slips(this.#value, [name])}`
        : `${name}: found ${nameOf(found)}; expected a text, chat messages or a list of token ids`,
    );
    return '';
  }

  #messages(name: string, found: readonly unknown[]): Said {
    try {
      return readMessages(found, name);
    } catch (error) {
      if (!(error instanceof ChatProblem)) throw error;
      this.problems.push(error.message);
      return '';
    }
  }

  id(): ScoreRow['id'] {
    const { id } = this.#value;
    if (typeof id === 'string' || typeof id === 'number') return id;
    if (id !== undefined && id !== null) this.problems.push(`id: found ${nameOf(id)}; expected a text or a number`);
    return null;
  }

  /**
   * Null where there is none, which is a problem only where another field looks like a misspelt one. `messages` beside
   * responses are the prompt, unless they go on to an answer: then they are one of the responses once more.
   */
  prompt(kind: ScoreRow['kind']): Said | null {
    const found = this.#value['prompt'] ?? this.#messagesBefore(kind);
    if (found !== null) return this.#said('prompt', found);
    const slip = slips(this.#value, ['prompt']);
    if (slip !== '') this.problems.push(`prompt is missing: found ${foundFields(this.#value)}${slip}`);
    return null;
  }

  #messagesBefore(kind: ScoreRow['kind']): unknown {
    const { messages = null } = this.#value;
    if (!looksLikeMessages(messages) || (kind === 'response' && !('response' in this.#value))) return null;
    return (messages.at(-1) as Fields)['role'] === 'assistant' ? null : messages;
  }

  system(): string | null {
    const { system = null } = this.#value;
    if (system === null || typeof system === 'string') return system;
    this.problems.push(`system: found ${nameOf(system)}; expected a text`);
    return null;
  }

  tools(): readonly object[] | null {
    const { tools = null } = this.#value;
    if (tools === null || (Array.isArray(tools) && tools.length === 0)) return null;
    if (Array.isArray(tools) && tools.every(isObject)) return tools;
    this.problems.push(`tools: found ${nameOf(tools)}; expected a list of JSON schemas`);
    return null;
  }
}

function responsesOf(kind: ScoreRow['kind'], value: Fields, reader: FieldReader): readonly NamedSaid[] {
  if (kind === 'response')
    return 'response' in value
      ? [reader.said('response', value['response'])]
      : [reader.said('messages', value['messages'])];
  if (kind === 'pair') return ['chosen', 'rejected'].flatMap((name) => oneOrMore(name, value[name], reader));
  return candidatesOf(value['candidates'], reader);
}

/** `chosen` and `rejected` may be lists of responses; a list of one is that one. */
function oneOrMore(name: string, found: unknown, reader: FieldReader): readonly NamedSaid[] {
  const isList = Array.isArray(found) && found.some((one) => typeof one === 'string' || Array.isArray(one));
  if (!isList) return [reader.said(name, found)];
  if (found.length === 1) return [reader.said(name, found[0])];
  return found.map((one: unknown, index) => reader.said(`${name}[${index}]`, one));
}

function candidatesOf(candidates: unknown, reader: FieldReader): readonly NamedSaid[] {
  if (Array.isArray(candidates) && candidates.length > 0)
    return candidates.map((candidate: unknown, index) =>
      reader.said(`candidates[${index}]`, isObject(candidate) && 'text' in candidate ? candidate['text'] : candidate),
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
    const advice = rowFields.includes(name) ? null : didYouMean(name, missing);
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
