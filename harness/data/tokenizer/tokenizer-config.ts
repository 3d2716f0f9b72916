/**
 * Tokens that a tokenizer_config.json names beyond the tokenizer.json beside it: `transformers` adds them when it opens
 * a folder, so that they are found in texts.
 */
import { FeatureReader } from './feature-reader.ts';

/** A token as the format writes it. */
interface WrittenToken {
  readonly content: string;
  readonly [flag: string]: unknown;
}

const named = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];
/**
 * Byte 0xff, with which models trained here pad where nothing else is there for it: no text is encoded to it, and the
 * letters that spell it are letters in a text.
 */
const unusedBytes: ReadonlySet<unknown> = new Set(['ÿ', '<0xFF>']);
const plainFlags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

/**
 * In the order in which `transformers` adds them: those of `added_tokens_decoder` that are not in the file as they are,
 * then the special tokens that are no added tokens yet.
 */
export function tokensOfConfig(json: object, config: object, problems: string[]): readonly FeatureReader[] {
  const fields = config as Readonly<Record<string, unknown>>;
  if (fields['split_special_tokens'] === true)
    problems.push(
      'tokenizer_config.json: split_special_tokens true, with which special tokens are cut like other text',
    );
  const known = new Map(
    listOf((json as { added_tokens?: unknown }).added_tokens)
      .filter(isToken)
      .map((token) => [token.content, token]),
  );
  const added: WrittenToken[] = [];
  const add = (token: WrittenToken): void => {
    known.set(token.content, token);
    added.push(token);
  };
  for (const token of decoderTokens(fields)) if (!isSame(known.get(token.content), token)) add(token);
  for (const token of specialTokens(fields)) if (!known.has(token.content)) add(token);
  return added.map((token, index) => readerOf(token, index, problems));
}

/** The id is not read: a token that is in no vocabulary gets the next free one. */
function readerOf(token: WrittenToken, index: number, problems: string[]): FeatureReader {
  const { content, ...flags } = token;
  const written = { ...plainFlags, ...flags, content, id: 0 };
  return new FeatureReader(`tokenizer_config.json: added token ${index}`, written, problems);
}

/** In the order of their ids. */
function decoderTokens(fields: Readonly<Record<string, unknown>>): readonly WrittenToken[] {
  const written = fields['added_tokens_decoder'];
  if (typeof written !== 'object' || written === null) return [];
  const byId = Object.entries(written as Readonly<Record<string, unknown>>).toSorted(
    ([a], [b]) => Number(a) - Number(b),
  );
  return byId.map(([, token]) => token).filter(isToken);
}

function specialTokens(fields: Readonly<Record<string, unknown>>): readonly WrittenToken[] {
  const extra = listOf(fields['extra_special_tokens']);
  // The older name, which counts where there is no other.
  const more = extra.length > 0 ? extra : listOf(fields['additional_special_tokens']);
  // A model may have names of its own: image_token.
  const own = Object.keys(fields).filter((name) => name.endsWith('_token') && !named.includes(name));
  const singles = [...named, ...own].filter((name) => name !== 'pad_token' || !unusedBytes.has(fields[name]));
  const values = [...singles.map((name) => fields[name]), ...more];
  return values.flatMap((value) => {
    if (typeof value === 'string') return value === '' ? [] : [{ content: value }];
    if (!isToken(value)) return [];
    const { __type: _, ...token } = value;
    return [{ ...token, content: value.content, special: true }];
  });
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function isToken(value: unknown): value is WrittenToken {
  return typeof value === 'object' && value !== null && typeof (value as { content?: unknown }).content === 'string';
}

function isSame(one: WrittenToken | undefined, other: WrittenToken): boolean {
  return (
    one !== undefined && Object.entries(plainFlags).every(([flag]) => (one[flag] ?? false) === (other[flag] ?? false))
  );
}
