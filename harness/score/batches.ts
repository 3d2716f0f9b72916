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

/**
 * A prompt with responses that are scored together. `keyLength`: prompt + response, rounded up, of each of them.
 * `ropeLength`: equal where rows have the same rotary tables.
 */
export interface PromptGroup {
  readonly prompt: Int32Array;
  readonly responses: readonly UniqueResponse[];
  readonly keyLength: number;
  readonly ropeLength: number;
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

interface Load {
  readonly tokens: number;
  readonly keys: number;
}

/** What a batch can still take. */
class BatchRoom {
  readonly #tokensPerBatch: number;
  #tokens = 0;
  #keys = 0;

  constructor(tokensPerBatch: number) {
    this.#tokensPerBatch = tokensPerBatch;
  }

  fits({ tokens, keys }: Load): boolean {
    return (
      this.#tokens + tokens <= this.#tokensPerBatch && this.#keys + keys <= mostKeysPerToken * this.#tokensPerBatch
    );
  }

  take({ tokens, keys }: Load): void {
    this.#tokens += tokens;
    this.#keys += keys;
  }

  reset(): void {
    this.#tokens = 0;
    this.#keys = 0;
  }
}

/**
 * Longest first, so that the largest buffers are allocated once. At most `tokensPerBatch` tokens each, and at least one
 * response.
 * @param ropeLengthOf Of prompt + response by their length.
 */
export function scoreBatches(
  questions: readonly ScoredQuestion[],
  tokensPerBatch: number,
  ropeLengthOf: (length: number) => number,
): readonly (readonly PromptGroup[])[] {
  const batches: PromptGroup[][] = [];
  const room = new BatchRoom(tokensPerBatch);
  const groups = groupsOf(questions, ropeLengthOf).flatMap((group) => splitGroup(group, tokensPerBatch));
  for (const group of groups.toSorted(longestFirst)) {
    const load = { tokens: tokensOf(group), keys: keysOf(group) };
    const open = batches.at(-1)?.[0];
    if (!room.fits(load) || open === undefined || longestFirst(open, group) !== 0) {
      batches.push([]);
      room.reset();
    }
    batches.at(-1)?.push(group);
    room.take(load);
  }
  return batches;
}

/** 0 where two groups may share a batch. */
function longestFirst(a: PromptGroup, b: PromptGroup): number {
  return b.keyLength - a.keyLength || b.ropeLength - a.ropeLength;
}

/** Tokens computed for a group: its prompt once. */
function tokensOf({ prompt, responses }: PromptGroup): number {
  return responses.reduce((sum, { tokens }) => sum + tokens.length, prompt.length);
}

function keysOf(group: PromptGroup): number {
  return group.keyLength * (group.responses.length + rowsOf(group.prompt));
}

/** Attention rows of a segment. */
function rowsOf({ length }: Int32Array): number {
  return Math.ceil(length / keyLengthMultiple);
}

interface OpenGroup extends PromptGroup {
  readonly responses: UniqueResponse[];
  readonly known: Map<string, UniqueResponse>;
}

/** All responses of one prompt and one padded length, with the same rotary tables. */
function groupsOf(
  questions: readonly ScoredQuestion[],
  ropeLengthOf: (length: number) => number,
): readonly PromptGroup[] {
  const groups = new Map<string, OpenGroup>();
  for (const [question, { prompt, responses }] of questions.entries()) {
    const promptKey = contentKey(prompt);
    for (const [response, tokens] of responses.entries()) {
      const length = prompt.length + tokens.length;
      const lengths = { keyLength: paddedLength(length), ropeLength: ropeLengthOf(length) };
      const key = `${lengths.keyLength} ${lengths.ropeLength} ${promptKey}`;
      const group = valueOf(groups, key, () => ({ prompt, ...lengths, responses: [], known: new Map() }));
      uniqueIn(group, tokens).places.push({ question, response });
    }
  }
  return [...groups.values()];
}

function paddedLength(length: number): number {
  return Math.ceil(length / keyLengthMultiple) * keyLengthMultiple;
}

/** The response of the group with these tokens, added where there is none. */
function uniqueIn({ responses, known }: OpenGroup, tokens: Int32Array): UniqueResponse {
  return valueOf(known, contentKey(tokens), () => {
    const added = { tokens, places: [] };
    responses.push(added);
    return added;
  });
}

function splitGroup(group: PromptGroup, tokensPerBatch: number): readonly PromptGroup[] {
  const parts: UniqueResponse[][] = [];
  const room = new BatchRoom(tokensPerBatch);
  for (const response of group.responses) {
    const load = segmentLoad(group, response.tokens);
    if (parts.length === 0 || !room.fits(load)) {
      parts.push([]);
      room.reset();
      room.take(segmentLoad(group, group.prompt));
    }
    parts.at(-1)?.push(response);
    room.take(load);
  }
  return parts.map((responses) => ({ ...group, responses }));
}

function segmentLoad({ keyLength }: PromptGroup, segment: Int32Array): Load {
  return { tokens: segment.length, keys: keyLength * rowsOf(segment) };
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
