/**
 * RM-Bench (`THU-KEG/RM-Bench`): three right and three wrong responses, each list in the order concise, detailed plain
 * text, detailed Markdown.
 */
import { z } from 'zod';
import { idSchema, pooled, saidSchema, type BenchmarkFormat } from './benchmark-format.ts';

const styles = z.array(saidSchema).length(3, 'expected three responses: concise, detailed, detailed Markdown');

export function rmBenchFormat(domains: readonly string[]): BenchmarkFormat {
  const row = z.looseObject({
    id: idSchema,
    prompt: saidSchema,
    chosen: styles,
    rejected: styles,
    domain: z.enum(domains),
  });
  const format: BenchmarkFormat<z.output<typeof row>> = {
    name: 'RM-Bench',
    row,
    question: ({ id, domain, prompt, chosen, rejected }) => ({
      id: `${domain}/${id}`,
      subset: domain,
      group: null,
      prompt,
      ...pooled(
        chosen.map((text) => ({ text, source: null })),
        rejected.map((text) => ({ text, source: null })),
      ),
    }),
  };
  return format;
}
