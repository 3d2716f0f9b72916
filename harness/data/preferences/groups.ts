/**
 * What must stand in one split: questions of one group, and questions of one prompt, whatever their groups. Both links
 * are followed to the end.
 */
import type { GroupOf, Question } from './question.ts';

/**
 * By the id of the first question of each group. Surrounding white space of prompts does not count. Conversations are
 * one group where they begin with the same turn of the user: one may be a continuation of the other.
 */
export function groupsOf(questions: readonly Question[]): GroupOf {
  const parents = questions.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] as number;
    for (let at = index; at !== root;) [at, parents[at]] = [parents[at] as number, root];
    return root;
  };
  const firstWith = new Map<string, number>();
  for (const [index, question] of questions.entries())
    for (const key of keysOf(question)) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, index);
      else {
        const [a, b] = [rootOf(first), rootOf(index)];
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  const groups = new Map(questions.map((question, index) => [question, (questions[rootOf(index)] as Question).id]));
  return (question) => groups.get(question) as string;
}

function keysOf({ prompt, opening, group }: Question): readonly string[] {
  const byPrompt = `prompt ${(opening ?? prompt).trim()}`;
  return group === null ? [byPrompt] : [byPrompt, `group ${group}`];
}
