/**
 * RewardBench 2 (`allenai/reward-bench-2`, split `test`): one correct response among four; in the subset `Ties` several
 * among many. There `ref:7` and `tied:7` ask nearly the same, with one and with many right answers.
 */
import { z } from 'zod';
import { idSchema, pooled, saidSchema, type BenchmarkFormat } from './benchmark-format.ts';

const texts = z.array(saidSchema).min(1);
const tiesId = /^(?:ref|tied):(.+)$/;

export function rewardBench2Format(subsets: readonly string[]): BenchmarkFormat {
  const row = z
    .looseObject({
      id: idSchema,
      prompt: saidSchema,
      chosen: texts,
      rejected: texts,
      subset: z.enum(subsets),
      num_correct: z.number().int().nullish(),
    })
    .superRefine(({ id, subset, chosen, num_correct: correct }, context) => {
      const isTies = subset === 'Ties';
      if (isTies && !tiesId.test(String(id))) fault(context, 'id', `expected ref:N or tied:N in Ties, found ${id}`);
      if (!isTies && chosen.length !== 1)
        fault(context, 'chosen', `expected one response outside of Ties, found ${chosen.length}`);
      if (typeof correct === 'number' && correct !== chosen.length)
        fault(context, 'num_correct', `is ${correct}, and chosen has ${chosen.length}`);
    });
  const format: BenchmarkFormat<z.output<typeof row>> = {
    name: 'RewardBench 2',
    row,
    question: ({ id, subset, prompt, chosen, rejected }) => ({
      id: String(id),
      subset,
      group: subset === 'Ties' ? `ties ${tiesId.exec(String(id))?.[1]}` : null,
      prompt,
      ...pooled(chosen.map(withoutSource), rejected.map(withoutSource)),
    }),
  };
  return format;
}

function fault(context: z.core.$RefinementCtx, field: string, message: string): void {
  context.addIssue({ code: 'custom', path: [field], message });
}

const withoutSource = (text: unknown): { readonly text: unknown; readonly source: null } => ({ text, source: null });
