/** A question whose candidates are objects with all that is known of each. */
import { noFacts, type Fields, type OwnFacts, type ReadOptions, type Scores } from './score-format.ts';
import { firstText, isObject, labelOf, nameOf, stepsScore, textOf } from './values.ts';

const labelNames = ['isCorrect', 'is_correct', 'correct', 'label'];

/** null where a candidate has no score; `problems` then say which. */
export function candidatesRow(
  candidates: readonly unknown[],
  { steps }: ReadOptions,
  problems: string[],
): { readonly scores: Scores; readonly own: OwnFacts } | null {
  const objects = candidates.filter(isObject);
  if (objects.length < candidates.length || objects.length === 0) {
    problems.push('candidates: expected objects with a score');
    return null;
  }
  const scores = objects.map((candidate, index) => scoreIn(candidate, index, steps, problems));
  return { scores: { kind: 'list', scores }, own: factsOf(objects, problems) };
}

function scoreIn(candidate: Fields, index: number, steps: ReadOptions['steps'], problems: string[]): number {
  const name = ['score', 'reward'].find((one) => one in candidate) ?? 'score';
  const score = name in candidate ? stepsScore(candidate[name], steps) : 'found nothing; expected a number';
  if (typeof score === 'number') return score;
  problems.push(`candidates[${index}].${name}: ${score}`);
  return NaN;
}

function factsOf(candidates: readonly Fields[], problems: string[]): OwnFacts {
  const texts = candidates.map((candidate) => firstText(candidate, ['text', 'response']));
  const isSaid = (name: string): boolean => candidates.some((candidate) => name in candidate);
  return {
    ...noFacts,
    labels: labelsOf(candidates, problems),
    lengths: texts.every((text) => text !== null) ? texts.map((text) => text.length) : null,
    answers: isSaid('answer') ? candidates.map((candidate) => textOf(candidate, 'answer')) : null,
    sources: isSaid('source') ? candidates.map((candidate) => textOf(candidate, 'source')) : null,
  };
}

function labelsOf(candidates: readonly Fields[], problems: string[]): readonly (boolean | null)[] | null {
  const name = labelNames.find((one) => candidates.some((candidate) => one in candidate));
  if (name === undefined) return null;
  return candidates.map((candidate, index) => {
    const label = labelOf(candidate[name]);
    if (label === undefined)
      problems.push(`candidates[${index}].${name}: found ${nameOf(candidate[name])}; expected true or false`);
    return label ?? null;
  });
}
