/**
 * Scores of Themis on CodeRewardBench (arXiv 2605.00754; `Evaluation/Evaluation_Runs/<model>/scores.parquet` of its
 * repository): a pair a row, with its aspect, its language and where it comes from. The sections are the aspects;
 * `--sections language` and `--sections subset` give the other two tables.
 */
import { noFacts, type Fields, type ParsedScores, type ReadOptions, type ScoreFormat } from './score-format.ts';
import { nameOf, scoreOf, textOf } from './values.ts';

export const themis: ScoreFormat = {
  name: 'themis',
  about: 'scores.parquet of Themis: id, chosen_score, rejected_score and aspect',
  recognizes: (fields) => ['chosen_score', 'rejected_score', 'aspect', 'score_diff'].every((name) => name in fields),
  read,
};

function read(fields: Fields, { sections }: ReadOptions): ParsedScores {
  const [chosen, rejected] = (['chosen_score', 'rejected_score'] as const).map((name) => ({
    name,
    score: scoreOf(fields[name]),
  }));
  const problems = [chosen, rejected].flatMap((side) =>
    side === undefined || side.score !== undefined
      ? []
      : [`${side.name}: found ${nameOf(fields[side.name])}; expected a number`],
  );
  if (problems.length > 0) return { problems };
  return {
    row: {
      // pandas calls an index that has no name by this one.
      id: textOf(fields, 'id') ?? textOf(fields, '__index_level_0__'),
      set: 'pairs',
      scores: { kind: 'sides', chosen: [chosen?.score ?? NaN], rejected: [rejected?.score ?? NaN] },
      own: { ...noFacts, labels: [true, false], subset: textOf(fields, sections ?? 'aspect') },
      model: null,
    },
  };
}
