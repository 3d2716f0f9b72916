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
  type Misreading,
  type Question,
  type Style,
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

/** Share of correct candidates, drawn once a question: from hard to easy, as in pools of real models. */
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
  return misreading === null ? null : solveTwins(question, misreading, drawStyle(stream));
}

function solveTwins(question: Question, misreading: Misreading, style: Style): Twins | null {
  const prompts = [question.prompt, misreading.question.prompt] as const;
  const [x, y] = [question.solve(style), misreading.question.solve(style)];
  const solutions = [solutionText(x, style), solutionText(y, style)] as const;
  const areEquallyLong = solutions[0].length === solutions[1].length;
  if (x.answer === y.answer || !areEquallyLong || prompts[0] === prompts[1]) return null;
  return { prompts, solutions, edit: misreading.edit };
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
  const circle = drawCircle(family.sample(stream, difficulty), stream);
  if (circle.length <= wrongAnswers.atLeast) return null;
  const question = stream.pick(circle);
  const others = circle.filter((other) => other !== question);
  const share = drawShare(stream);
  const draw = (): Candidate => drawCandidate(question, others, share, stream);
  return { prompt: question.prompt, candidates: Array.from({ length: candidates }, draw) };
}

function drawShare(stream: RandomStream): number {
  return correctShare.from + (correctShare.to - correctShare.from) * stream.uniform();
}

/** A solution of `question` with probability `share`, otherwise of one of the others. */
function drawCandidate(
  question: Question,
  others: readonly Question[],
  share: number,
  stream: RandomStream,
): Candidate {
  const isCorrect = stream.uniform() < share;
  const style = drawStyle(stream);
  const solution = (isCorrect ? question : stream.pick(others)).solve(style);
  return { text: solutionText(solution, style), answer: solution.answer, isCorrect, source: 'generated' };
}

/**
 * The question and some of its misreadings, with different answers and equally long solutions (in the plain style).
 * Empty where the words spell no question.
 */
function drawCircle(frame: Frame, stream: RandomStream): Question[] {
  const question = readFrame(frame);
  if (question === null) return [];
  const circle = new Map([[question.solve([]).answer, question]]);
  const length = solutionText(question.solve([]), []).length;
  for (const other of misreadings(frame, stream)) {
    const solution = other.solve([]);
    if (circle.has(solution.answer) || solutionText(solution, []).length !== length) continue;
    circle.set(solution.answer, other);
    if (circle.size > wrongAnswers.atMost) break;
  }
  return [...circle.values()];
}

/** All misreadings in random order, each drawn only when it is asked for. */
function* misreadings(frame: Frame, stream: RandomStream): Generator<Question> {
  let exchanges = exchangesOf(frame);
  while (exchanges.length > 0) {
    const exchange = pickByKind(exchanges, stream);
    exchanges = exchanges.filter((other) => other !== exchange);
    const misreading = exchange === null ? null : exchangeWords(frame, exchange);
    if (misreading !== null) yield misreading.question;
  }
}
