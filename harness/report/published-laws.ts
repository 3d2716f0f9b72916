/** Scaling laws that others published: datasets/reference/scaling-laws.yaml. Shown beside ours, never fit with them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const lawSchema = z
  .strictObject({
    paper: z.string().min(1),
    of: z.string().min(1),
    size: z.string().min(1),
    coefficient: z.number().positive().nullable(),
    exponent: z.number().positive().nullable(),
    r2: z.number().min(0).max(1).nullable(),
    status: z.enum(['exact', 'missing']),
    source: z.string().min(1),
  })
  .refine(({ coefficient, exponent, r2, status }) => {
    const values = [coefficient, exponent, r2];
    return status === 'missing' ? values.every((value) => value === null) : exponent !== null;
  }, 'a law without an exponent has the status missing and no value at all, and only such a law');

export type PublishedLaw = z.infer<typeof lawSchema>;

/** @throws ZodError where the text says something else. */
export function parsePublishedLaws(text: string): readonly PublishedLaw[] {
  return z.strictObject({ laws: z.array(lawSchema) }).parse(parse(text)).laws;
}

/** Those of the file that comes with the program. */
export function publishedLaws(): readonly PublishedLaw[] {
  const file = new URL('../../datasets/reference/scaling-laws.yaml', import.meta.url);
  return parsePublishedLaws(readFileSync(fileURLToPath(file), 'utf8'));
}
