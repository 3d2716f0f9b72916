/**
 * RewardBench (`allenai/reward-bench`, split `filtered`): pairs by subset. The prior sets (`allenai/pref-test-sets`)
 * have a file each, whose rows do not name it.
 */
import { z } from 'zod';
import { idSchema, onePair, saidSchema, sourceSchema, type BenchmarkFormat } from './benchmark-format.ts';

const pair = { prompt: saidSchema, chosen: saidSchema, rejected: saidSchema };

export function rewardBenchFormat(subsets: readonly string[]): BenchmarkFormat {
  const row = z.looseObject({
    id: idSchema,
    ...pair,
    subset: z.enum(subsets),
    chosen_model: sourceSchema,
    rejected_model: sourceSchema,
  });
  const format: BenchmarkFormat<z.output<typeof row>> = {
    name: 'RewardBench',
    row,
    question: ({
      id,
      subset,
      prompt,
      chosen,
      rejected,
      chosen_model: better = null,
      rejected_model: worse = null,
    }) => ({
      id: `${subset}/${id}`,
      subset,
      group: null,
      prompt,
      ...onePair({ text: chosen, source: better }, { text: rejected, source: worse }),
    }),
  };
  return format;
}

/** One of the prior sets. Rows have no ids: they are numbered. */
export function priorSetFormat(subset: string): BenchmarkFormat {
  const row = z.looseObject(pair);
  const format: BenchmarkFormat<z.output<typeof row>> = {
    name: `prior set ${subset}`,
    row,
    question: ({ prompt, chosen, rejected }) => ({
      id: subset,
      subset,
      group: null,
      prompt,
      ...onePair({ text: chosen, source: null }, { text: rejected, source: null }),
    }),
  };
  return format;
}
