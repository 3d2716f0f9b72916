/** Which token has which id in any `tokenizer.json`, and what a `tokenizer_config.json` calls its special tokens. */

export interface TokenTable {
  readonly size: number;
  /** -1 where there are no tokens. */
  readonly highestId: number;
  idOf(token: string): number | null;
  tokenOf(id: number): string | null;
}

/** The part of the format that names tokens: a map or, for a unigram model, a list of [token, score]. */
interface NamesTokens {
  readonly model?: { readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[] };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}

export function tokenTable(json: object): TokenTable {
  const { model, added_tokens: added = [] } = json as NamesTokens;
  const vocab = model?.vocab ?? {};
  const ids = new Map<string, number>(
    Array.isArray(vocab)
      ? vocab.map(([token]: readonly [string, number], id) => [token, id])
      : Object.entries(vocab as Readonly<Record<string, number>>),
  );
  for (const { id, content } of added) ids.set(content, id);
  const tokens = new Map([...ids].map(([token, id]) => [id, token]));
  return {
    size: ids.size,
    highestId: [...tokens.keys()].reduce((highest, id) => Math.max(highest, id), -1),
    idOf: (token) => ids.get(token) ?? null,
    tokenOf: (id) => tokens.get(id) ?? null,
  };
}

/** The text of a special token, which is written as text or as a map with `content`; null where there is none. */
export function namedToken(config: object, name: 'bos_token' | 'eos_token' | 'pad_token'): string | null {
  const value = (config as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'string') return value;
  const content = typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : null;
  return typeof content === 'string' ? content : null;
}
