/**
 * Final answers that are mathematics: equal where they have the same value, whatever their notation (docs/graders.md).
 * Its process starts with the first comparison that needs it.
 */
import { MathAnswers } from '../../data/index.ts';
import type { GraderKind } from '../kind.ts';

const answers = new MathAnswers();

export const mathGrader: GraderKind = {
  kind: 'math',
  version: 1,
  answerOf: (response) => answers.answerOf(response),
  normalize: (answer) => answers.normalize(answer),
  isCorrect: (answer, reference) => answers.isCorrect(answer, reference),
  close: () => answers.close(),
};
