/** Twin pairs and pool questions of one family, drawn one after another from a stream; which splits they go to is decided in `generate-task.ts`. */
import type { RandomStream } from '../../random/index.ts';
import type { Candidate } from '../preference-pair.ts';
import { drawStyle, exchangesOf, exchangeWords, pickByKind, readFrame, solutionText, type Family, type Frame, type Misreading, type Question } from './problem.ts';

/** Two questions of the same words: `x` answers the first, `y` the second, and each is wrong for the other. Equally long. */
export interface Twins { readonly prompts: readonly [string, string]; readonly solutions: readonly [string, string]; readonly edit: string }

export interface PoolQuestion { readonly prompt: string; readonly candidates: readonly Candidate[] }

/** Share of correct candidates, drawn once a question: from hopeless to easy, as pools of real models are. */
const correctShare = { from: 0.2, to: 0.7 } as const;
/** With fewer wrong answers than this, a majority vote over the pool would say little. */
const minimumWrongAnswers = 2;

/** One attempt; null where the drawn words or their exchange do not make two equally long solutions with different answers. */
export function drawTwins(family: Family, difficulty: number, stream: RandomStream): Twins | null {
  const frame = family.sample(stream, difficulty);
  const question = readFrame(frame);
  if (question === null) return null;
  const exchange = pickByKind(exchangesOf(frame), stream);
  const misreading = exchange === null ? null : exchangeWords(frame, exchange);
  if (misreading === null) return null;
  const style = drawStyle(stream);
  const [x, y] = [question.solve(style), misreading.question.solve(style)];
  const solutions = [solutionText(x, style), solutionText(y, style)] as const;
  if (x.answer === y.answer || solutions[0].length !== solutions[1].length || question.prompt === misreading.question.prompt) return null;
  return { prompts: [question.prompt, misreading.question.prompt], solutions, edit: misreading.edit };
}

/** One attempt; null where the question has too few misreadings of equal length. */
export function drawPoolQuestion(family: Family, difficulty: number, candidates: number, stream: RandomStream): PoolQuestion | null {
  const frame = family.sample(stream, difficulty);
  const question = readFrame(frame);
  if (question === null) return null;
  const wrong = misreadingsOf(frame, question);
  if (new Set(wrong.map((other) => other.question.solve([]).answer)).size < minimumWrongAnswers) return null;
  const share = correctShare.from + (correctShare.to - correctShare.from) * stream.uniform();
  return {
    prompt: question.prompt,
    candidates: Array.from({ length: candidates }, (): Candidate => {
      const isCorrect = stream.uniform() < share;
      const style = drawStyle(stream);
      const solution = (isCorrect ? question : (pickByKind(wrong, stream)?.question ?? question)).solve(style);
      return { text: solutionText(solution, style), answer: solution.answer, isCorrect, source: 'generated' };
    }),
  };
}

/** All misreadings of one exchange whose answer differs and whose solution is equally long in the plain style. */
function misreadingsOf(frame: Frame, question: Question): Misreading[] {
  const right = question.solve([]);
  return exchangesOf(frame).flatMap((exchange) => {
    const misreading = exchangeWords(frame, exchange);
    const wrong = misreading?.question.solve([]);
    if (misreading === null || wrong === undefined || wrong.answer === right.answer) return [];
    return solutionText(wrong, []).length === solutionText(right, []).length ? [misreading] : [];
  });
}
