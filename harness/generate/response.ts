/** One response as it grows: its tokens, its own random numbers, and what ends it. */
import type { TokenIds } from '../data/preference-pair.ts';
import { randomStream, type RandomStream } from '../random/index.ts';
import { drawn, likeliest, type Sampling } from './sampling.ts';

export interface Generated {
  /** Without the end token. */
  readonly tokens: TokenIds;
  /** `length`: the most tokens were reached, or the end of the context. */
  readonly finish: 'end' | 'length';
}

export interface Prompt {
  /** Its random numbers are derived from this and the seed. */
  readonly key: string;
  /** With the begin token where the tokenizer has one. */
  readonly tokens: TokenIds;
}

export type SamplingWithEnd = Sampling & {
  /** -1: none, every response gets as long as it may. */
  readonly endToken: number;
};

/** Most tokens of a response: the prompt and the response fit the context together. */
export function tokenLimit(prompt: TokenIds, contextLength: number, { maxTokens }: Sampling): number {
  return Math.min(maxTokens, contextLength - prompt.length);
}

export class GrowingResponse {
  readonly #sampling: SamplingWithEnd;
  readonly #prompt: Prompt;
  readonly #limit: number;
  /** Takes one number a position, whatever the token. */
  readonly #random: RandomStream;
  readonly #tokens: number[] = [];
  #finish: Generated['finish'] | null;

  constructor(prompt: Prompt, sampling: SamplingWithEnd, contextLength: number) {
    this.#sampling = sampling;
    this.#prompt = prompt;
    this.#limit = tokenLimit(prompt.tokens, contextLength, sampling);
    this.#random = randomStream(sampling.seed, 'generate', prompt.key);
    this.#finish = this.#limit === 0 ? 'length' : null;
  }

  /** Takes the next token by what the model says of it (see `nextTokenName`). */
  extend(next: Float32Array): void {
    const { temperature, topP, endToken } = this.#sampling;
    const token = temperature === 0 ? likeliest(next) : drawn(next, topP, this.#random.uniform());
    if (token === endToken) this.#finish = 'end';
    else this.#tokens.push(token);
    if (this.#tokens.length === this.#limit) this.#finish = 'length';
  }

  get isFinished(): boolean {
    return this.#finish !== null;
  }

  /** The newest token, which the model has not read yet. */
  get lastToken(): number {
    return this.#tokens.at(-1) ?? 0;
  }

  get lastPosition(): number {
    return this.#prompt.tokens.length + this.#tokens.length - 1;
  }

  result(): Generated {
    if (this.#finish === null) throw new Error('the response is not finished');
    return { tokens: Int32Array.from(this.#tokens), finish: this.#finish };
  }
}
