/** `report.claim`: the one comparison that an experiment is made for, named before its first result. */
import { z } from 'zod';
import { count } from './atoms.ts';

const text = z.string().min(1);

export const claimSchema = z
  .strictObject({
    treatment: text.describe('Id of the arm that the claim is about, at its largest budget.'),
    reference: text.describe('Id of the arm that it is compared with, at the same budget or else at its largest.'),
    metric: text.nullable().default(null).describe('null = what the task is judged by.'),
    direction: z
      .enum(['different', 'better', 'worse'])
      .default('different')
      .describe(
        '`different`: two-sided. `better`, `worse`: the treatment is; one-sided, so that the other side is never ' +
          'found.',
      ),
    task: text.nullable().default(null).describe('null = the only task.'),
    pretrainPairs: count.nullable().default(null).describe('Budget of the treatment; null = its largest.'),
  })
  .describe(
    'The one comparison that has the 5 % to itself, if a sweep recorded it before the first result. ' +
      'All others are exploratory.',
  );
export type ClaimSpec = z.output<typeof claimSchema>;
