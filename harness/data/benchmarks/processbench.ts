/**
 * ProcessBench (Zheng et al. 2024, arXiv 2412.06559; `Qwen/ProcessBench`): worked solutions in steps, and the first
 * step with an error (-1: none). A solution is one question of the pool, and its candidates are its beginnings:
 * candidate i ends with step i, and counts as correct while no step of it is wrong.
 */
import { z } from 'zod';
import { idSchema, type BenchmarkFormat } from './benchmark-format.ts';

const row = z
  .looseObject({
    id: idSchema,
    generator: z.string().nullish(),
    problem: z.string().min(1),
    steps: z.array(z.string().min(1)).min(1),
    label: z.number().int().min(-1),
    subset: z.string().nullish(),
  })
  .refine(({ steps, label }) => label < steps.length, {
    path: ['label'],
    error: ({ input }) => {
      const { label, steps } = input as { readonly label: number; readonly steps: readonly string[] };
      return `expected -1, or a step from 0 to ${steps.length - 1}, found ${label}`;
    },
  });

/**
 * @param separator Stands between two steps.
 * @param subset Of all rows; null = a row's own field `subset`, else what its id begins with (`gsm8k-17`).
 */
export function processBenchFormat(separator: string, subset: string | null = null): BenchmarkFormat {
  const format: BenchmarkFormat<z.output<typeof row>> = {
    name: 'ProcessBench',
    row,
    question: ({ id, generator = null, problem, steps, label, subset: own }) => ({
      id: subset === null ? String(id) : `${subset}/${id}`,
      subset: subset ?? own ?? beginningOf(String(id)),
      group: null,
      prompt: problem,
      responses: steps.map((_, index) => ({
        text: steps.slice(0, index + 1).join(separator),
        isCorrect: label === -1 || index < label,
        source: generator,
      })),
      pairs: [],
      isPool: true,
    }),
  };
  return format;
}

function beginningOf(id: string): string {
  const end = id.lastIndexOf('-');
  return end <= 0 ? 'other' : id.slice(0, end);
}
