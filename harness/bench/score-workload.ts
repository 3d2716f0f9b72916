/** The questions that scoring is measured on: random tokens, drawn from a fixed stream. */
import type { ModelConfig } from '../model/index.ts';
import { randomStream } from '../random/index.ts';
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

/** Equal for equal arguments. Throws nothing: lengths that do not fit the context are shortened to it. */
export function drawQuestions(
  { questions, candidates, promptTokens, candidateTokens }: ScoreWorkload,
  { vocabSize, contextLength }: Pick<ModelConfig, 'vocabSize' | 'contextLength'>,
): readonly ScoredQuestion[] {
  const stream = randomStream(7, 'score workload');
  const draw = ([least, most]: readonly [number, number], limit: number): Int32Array =>
    Int32Array.from({ length: Math.min(limit, least + stream.integer(most - least + 1)) }, () =>
      stream.integer(vocabSize),
    );
  const half = Math.floor(contextLength / 2);
  return Array.from({ length: questions }, () => ({
    prompt: draw(promptTokens, half),
    responses: Array.from({ length: candidates }, () => draw(candidateTokens, half)),
  }));
}
