/** The questions that scoring is measured on: random tokens, drawn from a fixed stream. */
import type { ModelConfig } from '../model/index.ts';
import { randomStream, type RandomStream } from '../random/index.ts';
import type { ScoredQuestion } from '../score/index.ts';

export interface ScoreWorkload {
  readonly questions: number;
  readonly candidates: number;
  /** Shortest and longest, drawn evenly. */
  readonly promptTokens: readonly [number, number];
  readonly candidateTokens: readonly [number, number];
}

export const scoreWorkload: ScoreWorkload = {
  questions: 64,
  candidates: 16,
  promptTokens: [40, 120],
  candidateTokens: [30, 150],
};

type ModelSizes = Pick<ModelConfig, 'vocabSize' | 'contextLength'>;

/** Equal for equal arguments. Throws nothing: lengths that do not fit the context are shortened to it. */
export function drawQuestions(
  { questions, candidates, promptTokens, candidateTokens }: ScoreWorkload,
  { vocabSize, contextLength }: ModelSizes,
): readonly ScoredQuestion[] {
  const stream = randomStream(7, 'score workload');
  const limits = { vocabSize, most: Math.floor(contextLength / 2) };
  const draw = (range: Draw['range']): Int32Array => drawTokens(stream, { range, ...limits });
  return Array.from({ length: questions }, () => ({
    prompt: draw(promptTokens),
    responses: Array.from({ length: candidates }, () => draw(candidateTokens)),
  }));
}

interface Draw {
  readonly range: readonly [number, number];
  readonly most: number;
  readonly vocabSize: number;
}

function drawTokens(stream: RandomStream, { range: [least, longest], most, vocabSize }: Draw): Int32Array {
  const length = Math.min(most, least + stream.integer(longest - least + 1));
  return Int32Array.from({ length }, () => stream.integer(vocabSize));
}
