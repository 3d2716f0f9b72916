/**
 * Two keys by which functions are found to be the same: their tokens, and the shape that is left when names and
 * literals are taken away.
 */
import { tokTypes, type Token } from 'acorn';
import { firstIndex } from './first-index.ts';

export interface TokenKeys {
  /** Equal for functions that differ only in white space, comments or their own name. */
  readonly textKey: string;
  /**
   * Equal for functions that also differ only in consistently renamed identifiers and in literals: getters of two
   * fields, say.
   */
  readonly shapeKey: string;
}

/** Keys of the tokens inside [start, end) of a file; `tokens` in source order. */
export function tokenKeys(tokens: readonly Token[], start: number, end: number): TokenKeys {
  const names = new Map<string, number>();
  const text: string[] = [];
  const shape: string[] = [];
  for (let i = firstIndex(tokens, (token) => token.start >= start); i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.end > end) break;
    const written = writtenForm(token);
    text.push(written);
    shape.push(shapeOf(token, written, names));
  }
  return { textKey: text.join(' '), shapeKey: shape.join(' ') };
}

function shapeOf(token: Token, written: string, names: Map<string, number>): string {
  if (token.type === tokTypes.num) return '0';
  if (token.type === tokTypes.string || token.type === tokTypes.template) return '""';
  if (token.type !== tokTypes.name && token.type !== tokTypes.privateId) return written;
  const known = names.get(written) ?? names.size;
  names.set(written, known);
  return `$${known}`;
}

function writtenForm(token: Token): string {
  const { value } = token as Token & { readonly value?: unknown };
  if (token.type === tokTypes.string || token.type === tokTypes.template) return JSON.stringify(value ?? '');
  if (token.type === tokTypes.regexp) return String((value as { pattern: string }).pattern);
  return value === undefined || value === null ? token.type.label : String(value);
}
