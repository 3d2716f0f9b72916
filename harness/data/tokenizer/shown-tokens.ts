/** Texts of added tokens as decoding gives them. */
import type { AddedToken } from './added-token.ts';
import type { AddedTokens } from './added-tokens.ts';
import type { Normalizer } from './normalizers/normalizer.ts';

export interface ShownTokens {
  readonly texts: ReadonlyMap<number, string>;
  /** What is left out without special tokens. */
  readonly specialTexts: ReadonlySet<string>;
}

/**
 * A token that is looked for in normalized text is shown normalized, as in the Rust library; a special one is then left
 * out only where that changed nothing.
 */
export function shownTokens({ byId }: AddedTokens, normalizer: Normalizer): ShownTokens {
  const textOf = ({ content, normalized }: AddedToken): string =>
    normalized ? normalizer({ text: content, startLength: 0 }).text : content;
  return {
    texts: new Map([...byId].map(([id, token]) => [id, textOf(token)])),
    specialTexts: new Set([...byId.values()].filter(({ special }) => special).map(({ content }) => content)),
  };
}
