/**
 * Outputs of JudgeBench (arXiv 2410.12784; `outputs/*.jsonl` of its repository): two responses, which of them is right,
 * and what a judge decided in one or in both orders. A reward model's scores are taken as they are, and as equal where
 * it ranks the responses differently in the other order. A judge's decisions count +1 for the right response and -1 for
 * the other, and a sum of 0 is a tie, as in the repository's own evaluation.
 */
import {
  noFacts,
  type Fields,
  type ParsedScores,
  type ReadOptions,
  type ScoreFormat,
  type Scores,
} from './score-format.ts';
import { isObject, nameOf, scoreOf, textOf } from './values.ts';

export const judgeBench: ScoreFormat = {
  name: 'judgebench',
  about: 'outputs of JudgeBench: pair_id, response_A, response_B, label and judgments',
  recognizes: (fields) => 'pair_id' in fields && 'label' in fields && 'judgments' in fields,
  read,
};

type Decision = 'A>B' | 'B>A';

function read(fields: Fields, { sections }: ReadOptions): ParsedScores {
  const { label, judgments } = fields;
  if (label !== 'A>B' && label !== 'B>A')
    return { problems: [`label: found ${nameOf(label)}; expected "A>B" or "B>A"`] };
  if (!Array.isArray(judgments) || judgments.length < 1 || judgments.length > 2)
    return { problems: [`judgments: found ${nameOf(judgments)}; expected a list of one or two`] };
  const own = {
    ...noFacts,
    group: textOf(fields, 'original_id'),
    subset: sections === null ? sectionOf(textOf(fields, 'source') ?? '') : textOf(fields, sections),
    labels: [true, false],
    lengths: lengthsOf(fields, label),
    sources: sourcesOf(fields),
  };
  const model = judgeOf(judgments[0]);
  return { row: { id: textOf(fields, 'pair_id'), set: 'pairs', scores: scoresOf(judgments, label), own, model } };
}

/** The sections of the paper's tables. */
function sectionOf(source: string): string | null {
  if (source.startsWith('mmlu-pro')) return 'knowledge';
  if (source === 'livebench-reasoning') return 'reasoning';
  if (source === 'livebench-math') return 'math';
  return source === 'livecodebench' ? 'coding' : source || null;
}

function scoresOf(judgments: readonly unknown[], label: Decision): Scores {
  const rewards = judgments.map((judgment) => rewardsIn(judgment));
  const [first = null, second = null] = rewards;
  if (first === null) return sides(votesFor(label, judgments), 0);
  // The scores belong to the responses as they were shown: the other way round in the second judgment.
  const isSame = second === null || Math.sign(first[0] - first[1]) === Math.sign(second[1] - second[0]);
  if (isSame) return label === 'A>B' ? sides(first[0], first[1]) : sides(first[1], first[0]);
  const mean = (first[0] + first[1]) / 2;
  return sides(mean, mean);
}

const sides = (chosen: number, rejected: number): Scores => ({
  kind: 'sides',
  chosen: [chosen],
  rejected: [rejected],
});

/** Scores of the two responses in the order in which they were shown; null where the judge gives none. */
function rewardsIn(judgment: unknown): readonly [number, number] | null {
  const inner = isObject(judgment) ? judgment['judgment'] : null;
  const scores = isObject(inner) ? inner['scores'] : null;
  if (!Array.isArray(scores) || scores.length !== 2) return null;
  const [a, b] = scores.map(scoreOf);
  return a === undefined || b === undefined ? null : [a, b];
}

/** A judgment that failed, and a decision for neither, count nothing. */
function votesFor(label: Decision, judgments: readonly unknown[]): number {
  const votes = judgments.map((judgment, index): number => {
    const decision = isObject(judgment) ? judgment['decision'] : null;
    if (decision !== 'A>B' && decision !== 'B>A') return 0;
    // In the second judgment the responses stood in the other order.
    return (decision === label) === (index === 0) ? 1 : -1;
  });
  return votes.reduce((sum, vote) => sum + vote, 0);
}

function judgeOf(judgment: unknown): string | null {
  const inner = isObject(judgment) ? judgment['judgment'] : null;
  return isObject(inner) ? textOf(inner, 'judge_model') : null;
}

function lengthsOf(fields: Fields, label: Decision): readonly number[] | null {
  const [a, b] = [fields['response_A'], fields['response_B']];
  if (typeof a !== 'string' || typeof b !== 'string') return null;
  return label === 'A>B' ? [a.length, b.length] : [b.length, a.length];
}

/** One model wrote both. */
function sourcesOf(fields: Fields): readonly (string | null)[] | null {
  const writer = textOf(fields, 'response_model');
  return writer === null ? null : [writer, writer];
}
