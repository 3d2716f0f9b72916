/**
 * Which responses are scored together. A prompt is in a batch once, before all responses that share it, whichever
 * questions they came from; the same response to the same prompt is scored once. All responses of a batch have the same
 * padded length, which is their own length rounded up. So the computation of a response does not depend on the other
 * responses of its batch.
 */

export interface ScoredQuestion {
  readonly prompt: Int32Array;
  readonly responses: readonly Int32Array[];
}

/** One response of one prompt, and every place in the input that gets its reward. */
export interface UniqueResponse {
  readonly tokens: Int32Array;
  readonly places: { readonly question: number; readonly response: number }[];
}

/** A prompt with responses that are scored together. `keyLength`: prompt + response, rounded up, of each of them. */
export interface PromptGroup {
  readonly prompt: Int32Array;
  readonly responses: readonly UniqueResponse[];
  readonly keyLength: number;
}

/**
 * Padded lengths are multiples of this: sums over a row then run in the same order whatever its padding. Also the most
 * queries of one attention row: finer rows would repeat keys more often, coarser ones hold more padding.
 */
export const keyLengthMultiple = 64;

/**
 * Keys gathered for a batch, as a multiple of its tokens, stay below this: a long prompt is repeated before each of its
 * responses, and memory is bounded.
 */
const mostKeysPerToken = 16;

/**
 * Longest first, so that the largest buffers are allocated once. At most `tokensPerBatch` tokens each, and at least one
 * response.
 */
export function scoreBatches(
  questions: readonly ScoredQuestion[],
  tokensPerBatch: number,
): readonly (readonly PromptGroup[])[] {
  const groups = groupsOf(questions)
    .flatMap((group) => splitGroup(group, tokensPerBatch))
    .toSorted((a, b) => b.keyLength - a.keyLength);
  const batches: PromptGroup[][] = [];
  let [tokens, keys] = [0, 0];
  for (const group of groups) {
    const [moreTokens, moreKeys] = [tokensOf(group), keysOf(group)];
    const isFull = tokens + moreTokens > tokensPerBatch || keys + moreKeys > mostKeysPerToken * tokensPerBatch;
    if (isFull || batches.at(-1)?.[0]?.keyLength !== group.keyLength) {
      batches.push([]);
      [tokens, keys] = [0, 0];
    }
    batches.at(-1)?.push(group);
    tokens += moreTokens;
    keys += moreKeys;
  }
  return batches;
}

/** Tokens computed for a group: its prompt once. */
export function tokensOf({ prompt, responses }: PromptGroup): number {
  return responses.reduce((sum, { tokens }) => sum + tokens.length, prompt.length);
}

function keysOf(group: PromptGroup): number {
  return group.keyLength * (group.responses.length + Math.ceil(group.prompt.length / keyLengthMultiple));
}

interface OpenGroup extends PromptGroup {
  readonly responses: UniqueResponse[];
  readonly known: Map<string, UniqueResponse>;
}

/** All responses of one prompt and one padded length. */
function groupsOf(questions: readonly ScoredQuestion[]): readonly PromptGroup[] {
  const groups = new Map<string, OpenGroup>();
  for (const [question, { prompt, responses }] of questions.entries()) {
    const promptKey = contentKey(prompt);
    for (const [response, tokens] of responses.entries()) {
      const keyLength = Math.ceil((prompt.length + tokens.length) / keyLengthMultiple) * keyLengthMultiple;
      const group = valueOf(groups, `${keyLength} ${promptKey}`, (): OpenGroup => ({
        prompt,
        responses: [],
        keyLength,
        known: new Map(),
      }));
      const unique = valueOf(group.known, contentKey(tokens), () => {
        group.responses.push({ tokens, places: [] });
        return group.responses.at(-1) as UniqueResponse;
      });
      unique.places.push({ question, response });
    }
  }
  return [...groups.values()];
}

function splitGroup(group: PromptGroup, tokensPerBatch: number): readonly PromptGroup[] {
  const parts: UniqueResponse[][] = [];
  let [tokens, keys] = [Infinity, Infinity];
  for (const response of group.responses) {
    const length = response.tokens.length;
    const rowKeys = group.keyLength * Math.ceil(length / keyLengthMultiple);
    if (tokens + length > tokensPerBatch || keys + rowKeys > mostKeysPerToken * tokensPerBatch) {
      parts.push([]);
      tokens = group.prompt.length;
      keys = group.keyLength * Math.ceil(group.prompt.length / keyLengthMultiple);
    }
    parts.at(-1)?.push(response);
    tokens += length;
    keys += rowKeys;
  }
  return parts.map((responses) => ({ ...group, responses }));
}

function contentKey(tokens: Int32Array): string {
  return Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength).toString('latin1');
}

function valueOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
