/**
 * Results of RewardMATH (arXiv 2410.01729; `results/RewardMATH/*.json` of its repository): a problem with ten
 * solutions, the one by `human_to_GPT-4` right. Three forms of `score`: numbers; lists of the scores of steps, by
 * process reward models; or the letters that a generative judge chose, beside the places of the right solution. For the
 * letters the right solution gets one point a comparison that it won, and a wrong one stands above it where it was
 * chosen over it, as in the repository's own evaluation.
 */
import { hash } from 'node:crypto';
import { noFacts, type Fields, type ParsedScores, type ReadOptions, type ScoreFormat } from './score-format.ts';
import { stepsScore } from './values.ts';

const rightSource = 'human_to_GPT-4';

export const rewardMath: ScoreFormat = {
  name: 'rewardmath',
  about: 'results of RewardMATH: problem, solution_reference and score',
  recognizes: (fields) => 'problem' in fields && 'solution_reference' in fields && 'score' in fields,
  read,
};

function read(fields: Fields, options: ReadOptions): ParsedScores {
  const { problem, solution_reference: sources, score } = fields;
  if (typeof problem !== 'string') return { problems: ['problem: expected a text'] };
  if (!isTexts(sources)) return { problems: ['solution_reference: expected a list of texts'] };
  if (!Array.isArray(score) || score.length !== sources.length)
    return { problems: [`score: expected a list of ${sources.length}, one a solution`] };
  const found = Array.isArray(fields['chosen_position'])
    ? comparisons(sources, score, fields['chosen_position'])
    : rewards(sources, score, options);
  if ('problems' in found) return found;
  const labels = found.sources.map((source) => source === rightSource);
  if (!labels.includes(true)) return { problems: [`solution_reference: no ${rightSource}, whose solution is right`] };
  return {
    row: {
      id: hash('sha256', problem, 'hex').slice(0, 12),
      set: 'pool',
      scores: { kind: 'list', scores: found.scores },
      own: { ...noFacts, labels, sources: found.sources },
      model: null,
    },
  };
}

type Found =
  | { readonly sources: readonly string[]; readonly scores: readonly number[] }
  | { readonly problems: readonly string[] };

function rewards(sources: readonly string[], score: readonly unknown[], { steps }: ReadOptions): Found {
  const read = score.map((one) => stepsScore(one, steps));
  const problems = read.flatMap((one, index) => (typeof one === 'string' ? [`score[${index}]: ${one}`] : []));
  return problems.length > 0 ? { problems } : { sources, scores: read as number[] };
}

/** The right solution itself is not in the list: it is what every other one was compared with. */
function comparisons(sources: readonly string[], chosen: readonly unknown[], places: readonly unknown[]): Found {
  if (places.length !== chosen.length) return { problems: [`chosen_position: expected a list of ${chosen.length}`] };
  const isWon = chosen.map((letter, index) => letter === places[index]);
  const wins = isWon.filter(Boolean).length;
  return {
    sources: [rightSource, ...sources],
    scores: [wins + 1, ...isWon.map((won) => (won ? 1 : isWon.length + 2))],
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}
