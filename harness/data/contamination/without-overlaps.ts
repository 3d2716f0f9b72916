/**
 * A task without the training questions that the contamination check would stop it for: equal questions under other
 * names, and runs of words that stand in questions of dev and test too. Benchmarks are published with some.
 */
import type { PreferencePair, TaskData } from '../preference-pair.ts';
import type { EvaluationQuestion, Sameness } from './contamination.ts';
import { mostGroupsIn } from './find-contamination.ts';
import { textHash } from './gram-hash.ts';
import { GramTable } from './gram-table.ts';
import { keyOf, QuestionIndex } from './question-index.ts';
import { normalizedWords } from './words.ts';

const reason = 'train: words shared with a question of dev or test';

/**
 * Whole groups of `train` are left out, until the check finds nothing: with fewer texts, words that were common before
 * may tell questions apart. `counts` says how many pairs that cost. Dev and test stay as they are.
 */
export function withoutOverlaps(task: TaskData, sameness: Sameness = 'words'): TaskData {
  const index = new QuestionIndex(evaluationOf(task), sameness);
  let train = task.train;
  for (let left = overlapping(train, index, sameness); left.size > 0; left = overlapping(train, index, sameness)) {
    const dropped = left;
    train = train.filter(({ group }) => !dropped.has(group));
  }
  return { ...task, train, counts: { ...task.counts, [reason]: task.train.length - train.length } };
}

/** Questions of a group come one after the other, as the index wants them. */
function* evaluationOf({ dev, test, pool }: TaskData): Generator<EvaluationQuestion> {
  for (const [set, rows] of [
    ['dev', dev],
    ['test', test],
    ['pool', pool],
  ] as const)
    for (const { id, group, prompt } of rows) yield { set, id, group, question: prompt };
}

/** Groups that the check would report. */
function overlapping(train: readonly PreferencePair[], index: QuestionIndex, sameness: Sameness): ReadonlySet<string> {
  const seen = new GramTable();
  const groups = new Set<string>();
  const runs = new Map<number, Set<string>>();
  for (const { group, prompt, chosen, rejected } of train) {
    if (index.equalTo(prompt) !== -1) groups.add(group);
    for (const text of [prompt, chosen, rejected]) {
      const distinct = seen.size;
      if (seen.add(textHash(keyOf(text, sameness))) !== distinct) continue;
      for (const { run } of index.runsIn(normalizedWords(text))) runs.set(run, (runs.get(run) ?? new Set()).add(group));
    }
  }
  const most = mostGroupsIn(seen.size);
  for (const [run, having] of runs)
    if (!index.isBoilerplate(run) && having.size <= most) for (const group of having) groups.add(group);
  return groups;
}
