/** The description that the author wrote: the comment before the function, or its docstring. */
import { z } from 'zod';
import type { DescriptionsKind } from '../kind.ts';
import { promptFields, templateRules } from './prompt-fields.ts';

const schema = z.strictObject({ kind: z.literal('doc-comment'), ...promptFields });

export const docComment: DescriptionsKind<z.output<typeof schema>> = {
  kind: 'doc-comment',
  schema,
  rules: templateRules,
  describe: (_, { description }) => description,
};
