/** Shapes that many fields share. */
import { z } from 'zod';

export const positive = z.number().positive();
export const count = z.number().int().positive();
export const fraction = z.number().min(0).max(1);
export const seed = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);
export const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes');
/** Where a file or folder lies, relative to the file that names it. */
export const location = z.string().min(1);
