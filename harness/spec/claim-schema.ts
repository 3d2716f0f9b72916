/** `report.claim`: the one comparison that an experiment is made for, named before its first result. */
import { z } from 'zod';
import { count } from './atoms.ts';

const text = z.string().min(1);
const variant = z.record(text, z.union([z.string(), z.number()]));

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
    variant: variant
      .nullable()
      .default(null)
      .describe('Axis -> case, where the arms of the sweep vary in other axes: which of these points are compared.'),
    survives: variant
      .nullable()
      .default(null)
      .describe(
        'Axis -> case of other points at which the same contrast must be found, too, or the claim is not shown: the ' +
          'same arms trained three times as long, say.',
      ),
  })
  .describe(
    'The one comparison that has the 5 % to itself, if a sweep recorded it before the first result. ' +
      'All others are exploratory.',
  );
export type ClaimSpec = z.output<typeof claimSchema>;
