/** Values that the paper published: datasets/reference/codepmp.yaml. Drawn as reference points, and nowhere else. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';

const point = z.strictObject({
  figure: z.string(),
  panel: z.string(),
  series: z.string(),
  x: z.number().nullable(),
  value: z.number().nullable(),
  status: z.enum(['exact', 'read-off', 'derived', 'missing']),
  source: z.string().min(1),
});

const schema = z
  .strictObject({ paper: z.string(), points: z.array(point) })
  .refine(({ points }) => points.every(({ value, status }) => (value === null) === (status === 'missing')), {
    message: 'a point without a value has the status missing, and only such a point',
  });

export type PublishedPoint = z.infer<typeof point>;

/** The file that comes with the program. */
export const publishedFile = (): string =>
  fileURLToPath(new URL('../../../datasets/reference/codepmp.yaml', import.meta.url));

/** @throws UserError (2) where the file is missing or says something else. */
export function readPublished(file: string): readonly PublishedPoint[] {
  const told = (why: string): UserError =>
    new UserError(`${file}: ${why}`, {
      exitCode: 2,
      hint: 'Each point has figure, panel, series, x, value, status and source; see the head of the file.',
    });
  try {
    const { success, data, error } = schema.safeParse(parse(readFileSync(file, 'utf8')));
    if (success) return data.points;
    throw told(`${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw told(error instanceof Error ? error.message : String(error));
  }
}
