/**
 * Twin pairs and pool questions of one family, drawn one after another from a stream; which splits they go to is
 * decided in `generate-task.ts`.
 */
import type { RandomStream } from '../../random/index.ts';
import type { Candidate } from '../preference-pair.ts';
import {
  drawStyle,
  exchangesOf,
  exchangeWords,
  pickByKind,
  readFrame,
  solutionText,
  type Family,
  type Frame,
  type Question,
} from './problem.ts';

/**
 * Two questions of the same words: `x` answers the first, `y` the second, and each is wrong for the other. Equally
 * long.
 */
export interface Twins {
  readonly prompts: readonly [string, string];
  readonly solutions: readonly [string, string];
  readonly edit: string;
}

export interface PoolQuestion {
  readonly prompt: string;
  readonly candidates: readonly Candidate[];
}

/** Share of correct candidates, drawn once a question: from hopeless to easy, as pools of real models are. */
const correctShare = { from: 0.2, to: 0.7 } as const;
/** Different wrong answers of a question: with fewer than two a majority vote over the pool would say little. */
const wrongAnswers = { atLeast: 2, atMost: 4 } as const;

/**
 * One attempt; null where the drawn words or their exchange do not make two equally long solutions with different
 * answers.
 */
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
  if (
    x.answer === y.answer ||
    solutions[0].length !== solutions[1].length ||
    question.prompt === misreading.question.prompt
  )
    return null;
  return { prompts: [question.prompt, misreading.question.prompt], solutions, edit: misreading.edit };
}

/**
 * One attempt; null where the drawn question has too few misreadings of equal length. The question asked is drawn
 * evenly from the circle of the drawn question and its misreadings, and the others give the wrong candidates: so again
 * no response is right more often than another of its circle.
 */
export function drawPoolQuestion(
  family: Family,
  difficulty: number,
  candidates: number,
  stream: RandomStream,
): PoolQuestion | null {
  const frame = family.sample(stream, difficulty);
  const drawn = readFrame(frame);
  const circle = drawn === null ? [] : drawCircle(frame, drawn, stream);
  if (circle.length <= wrongAnswers.atLeast) return null;
  const question = stream.pick(circle);
  const others = circle.filter((other) => other !== question);
  const share = correctShare.from + (correctShare.to - correctShare.from) * stream.uniform();
  return {
    prompt: question.prompt,
    candidates: Array.from({ length: candidates }, (): Candidate => {
      const isCorrect = stream.uniform() < share;
      const style = drawStyle(stream);
      const solution = (isCorrect ? question : stream.pick(others)).solve(style);
      return { text: solutionText(solution, style), answer: solution.answer, isCorrect, source: 'generated' };
    }),
  };
}

/** The question and some of its misreadings, with different answers and equally long solutions (in the plain style). */
function drawCircle(frame: Frame, question: Question, stream: RandomStream): Question[] {
  const circle = new Map([[question.solve([]).answer, question]]);
  const length = solutionText(question.solve([]), []).length;
  let exchanges = exchangesOf(frame);
  while (exchanges.length > 0 && circle.size <= wrongAnswers.atMost) {
    const exchange = pickByKind(exchanges, stream);
    exchanges = exchanges.filter((other) => other !== exchange);
    const other = exchange === null ? undefined : exchangeWords(frame, exchange)?.question;
    const solution = other?.solve([]);
    if (
      other === undefined ||
      solution === undefined ||
      circle.has(solution.answer) ||
      solutionText(solution, []).length !== length
    )
      continue;
    circle.set(solution.answer, other);
  }
  return [...circle.values()];
}
