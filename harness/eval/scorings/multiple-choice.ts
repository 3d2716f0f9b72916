/**
 * Multiple choice: the option with the highest reward is the answer. Expected correctness of it: of k options that
 * share the highest reward each is taken with 1/k, so the order of the options does not count. What a random choice
 * would score is the mean of one over the number of options.
 */
import { questionsOf, type Item, type Metric } from '../item.ts';

export const multipleChoice = {
  name: 'multiple_choice',
  version: 1,
  metrics: (items: readonly Item[]): readonly Metric[] => choiceMetrics(items),
};

function choiceMetrics(items: readonly Item[]): Metric[] {
  const questions = questionsOf(items);
  if (questions.length === 0) return [];
  return [
    { name: 'accuracy', value: meanOf(questions.map(pickCorrectness)) },
    { name: 'questions', value: questions.length },
    { name: 'tied_questions', value: questions.filter((options) => topOptions(options).length > 1).length },
  ];
}

function pickCorrectness(options: readonly Item[]): number {
  const top = topOptions(options);
  return top.filter(({ isCorrect }) => isCorrect === true).length / top.length;
}

/** In the precision in which rewards are stored: what is equal there is a tie. */
function topOptions(options: readonly Item[]): readonly Item[] {
  const rewards = options.map(({ reward }) => Math.fround(reward));
  const highest = Math.max(...rewards);
  return options.filter((_, o) => rewards[o] === highest);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
