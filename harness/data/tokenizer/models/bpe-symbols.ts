/**
 * The symbols a pre-token starts from: its characters, with a prefix behind the first and a suffix at the last; the
 * bytes of a character that has no token; or the token for the unknown.
 */
import { utf8Bytes } from '../byte-alphabet.ts';
import { noUnknownToken } from './model.ts';
import type { BpeMerger } from './bpe-merge.ts';

export interface SymbolOptions {
  readonly ids: ReadonlyMap<string, number>;
  readonly prefix: string;
  readonly suffix: string;
  readonly unknown: string | null;
  readonly fusesUnknown: boolean;
  /** Ids of `<0x00>` to `<0xFF>`, -1 where there is none; null where bytes do not stand in. */
  readonly bytes: Int32Array | null;
}

/** Ids of the tokens `<0x00>` to `<0xFF>`. */
export function byteTokens(ids: ReadonlyMap<string, number>): Int32Array {
  const name = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  return Int32Array.from({ length: 256 }, (_, byte) => ids.get(name(byte)) ?? -1);
}

/**
 * Adds the symbols of a pre-token. As in the Rust library an unknown character waits until the next known one, and one
 * that is spelled in bytes does not count as known: the token for the unknown then stands behind the bytes.
 */
export function addSymbols(piece: string, { ids, prefix, suffix, ...options }: SymbolOptions, merger: BpeMerger): void {
  let waits = false;
  for (let at = 0, end = 0; at < piece.length; at = end) {
    end = at + ((piece.codePointAt(at) as number) > 0xffff ? 2 : 1);
    const character = piece.slice(at, end);
    const symbol = (at === 0 ? '' : prefix) + character + (end === piece.length ? suffix : '');
    const id = ids.get(symbol);
    if (id === undefined) {
      waits = addUnknown(symbol, piece, { ids, waits, ...options }, merger);
      continue;
    }
    if (waits) merger.add(ids.get(options.unknown as string) as number);
    waits = false;
    merger.add(id);
  }
  if (waits) merger.add(ids.get(options.unknown as string) as number);
}

interface Unknown extends Pick<SymbolOptions, 'ids' | 'unknown' | 'fusesUnknown' | 'bytes'> {
  readonly waits: boolean;
}

/** Whether a token for the unknown waits behind it. */
function addUnknown(
  symbol: string,
  piece: string,
  { ids, unknown, fusesUnknown, bytes, waits }: Unknown,
  merger: BpeMerger,
): boolean {
  const spelled = bytes === null ? null : utf8Bytes(symbol);
  if (spelled?.every((byte) => bytes?.[byte] !== -1) === true) {
    for (const byte of spelled) merger.add(bytes?.[byte] as number);
    return waits;
  }
  if (unknown === null) return waits;
  const id = ids.get(unknown);
  if (id === undefined) throw noUnknownToken(piece, unknown);
  if (waits && !fusesUnknown) merger.add(id);
  return true;
}
