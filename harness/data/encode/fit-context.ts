/**
 * What becomes of a prompt and its responses that are longer together than the context. A reward is read at the last
 * token of a response, so a response that loses its end keeps its end token there, as OpenRLHF does. Where none stands
 * behind a response (`model.responseEnd: none`) the cut is plain, as in the code of CodePMP. Either way the rest of the
 * response is gone, and a label that hung on it no longer holds.
 */
import type { OverLength } from '../../spec/experiment-schema.ts';
import type { TokenIds } from '../preference-pair.ts';

export interface FitOptions {
  readonly contextLength: number;
  readonly overLength: OverLength;
  /** What stands before every prompt and stays where its oldest tokens are cut. */
  readonly beginTokens: TokenIds;
  /** Whether a response that loses its end keeps its last token: the end token, where one stands behind it. */
  readonly keepsLastToken: boolean;
}

/** A prompt and all responses that share it. */
export interface TokenRow {
  readonly prompt: TokenIds;
  readonly responses: readonly TokenIds[];
}

/** What was done to a row. `too long`: left out by policy. `no room`: the policy cannot make it fit. */
export type FitOutcome = 'whole' | 'prompt cut' | 'response cut' | 'too long' | 'no room';

export interface Fit {
  readonly outcome: FitOutcome;
  /** null = it is left out. */
  readonly row: TokenRow | null;
}

/** Longest sequence of the row, in tokens. */
export function rowLength({ prompt, responses }: TokenRow): number {
  return responses.reduce((most, { length }) => Math.max(most, prompt.length + length), prompt.length);
}

/** The row as it fits by the policy. `refuse` and `drop` both leave a row out that does not; the caller refuses. */
export function fitRow(row: TokenRow, options: FitOptions): Fit {
  if (rowLength(row) <= options.contextLength) return { outcome: 'whole', row };
  if (options.overLength === 'truncate-prompt-left') return withoutOldest(row, options);
  if (options.overLength === 'truncate-right') return withoutEnds(row, options);
  return { outcome: 'too long', row: null };
}

/** All responses see the same prompt: that which leaves room for the longest. At least one token of it stays. */
function withoutOldest({ prompt, responses }: TokenRow, { contextLength, beginTokens }: FitOptions): Fit {
  const longest = Math.max(...responses.map(({ length }) => length));
  const begin = beginTokens.every((id, index) => prompt[index] === id) ? beginTokens.length : 0;
  const kept = contextLength - longest - begin;
  if (kept < 1) return { outcome: 'no room', row: null };
  const cut = new Int32Array(begin + kept);
  cut.set(prompt.subarray(0, begin));
  cut.set(prompt.subarray(prompt.length - kept), begin);
  return { outcome: 'prompt cut', row: { prompt: cut, responses } };
}

/** At least one token of what was said stays, and behind it the last token where that is kept. */
function withoutEnds({ prompt, responses }: TokenRow, { contextLength, keepsLastToken }: FitOptions): Fit {
  const room = contextLength - prompt.length;
  if (room < (keepsLastToken ? 2 : 1)) return { outcome: 'no room', row: null };
  const cut = responses.map((tokens) => withoutEnd(tokens, room, keepsLastToken));
  return { outcome: 'response cut', row: { prompt, responses: cut } };
}

function withoutEnd(tokens: TokenIds, room: number, keepsLastToken: boolean): TokenIds {
  if (tokens.length <= room) return tokens;
  const cut = tokens.slice(0, room);
  if (keepsLastToken) cut[room - 1] = tokens.at(-1) as number;
  return cut;
}

/** Whether all responses are the same. */
export function areEqual(row: TokenRow): boolean {
  const [first, ...rest] = row.responses;
  return rest.every(
    (tokens) => tokens.length === first?.length && tokens.every((token, index) => token === first[index]),
  );
}
