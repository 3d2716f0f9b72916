/** What a task does with training questions that its own evaluation asks too. */
import { z } from 'zod';
import { withoutOverlaps, type TaskData } from '../../data/index.ts';

export const overlaps = z
  .enum(['drop', 'keep'])
  .default('drop')
  .describe(
    'Training questions that share 13 words in a row with one of dev or test: `drop` leaves them out and counts ' +
      'them; `keep` leaves it to `evaluate.contamination`.',
  );

export function settleOverlaps(task: TaskData, what: z.output<typeof overlaps>): TaskData {
  return what === 'drop' ? withoutOverlaps(task) : task;
}
