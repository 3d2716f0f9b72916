/**
 * The sizes of a checkpoint as its experiment declares them: enough to plan and price a run before the checkpoint is
 * here, and checked against it once it is.
 */
import type { z } from 'zod';
import { costOf, type ModelConfig } from '../../model/index.ts';
import { count, modelSchema, type RuleBreak } from '../../spec/index.ts';

const sizes = {
  hiddenSize: true,
  layers: true,
  heads: true,
  keyValueHeads: true,
  intermediateSize: true,
  contextLength: true,
} as const;

const schema = modelSchema
  .pick({ family: true, headSize: true, tieEmbeddings: true, ...sizes })
  .extend({ vocabSize: count.describe('Rows of its embedding.') });

export const declaredSchema = schema
  .nullable()
  .default(null)
  .describe('Its sizes, by which `harness plan` goes where the folder is not here; where it is, they must agree.');

type Declared = z.output<typeof schema>;

export function declaredModel({ vocabSize, ...model }: Declared): ModelConfig {
  return { ...modelSchema.parse({ ...model, name: 'declared' }), vocabSize };
}

/** What the checkpoint says otherwise. */
export function declarationRules(declared: Declared | null, model: ModelConfig): readonly RuleBreak[] {
  if (declared === null) return [];
  const fields = ['family', 'vocabSize', ...Object.keys(sizes)] as readonly (keyof Declared)[];
  const broken = fields
    .filter((field) => declared[field] !== model[field])
    .map((field) => ruleOf(field, declared, model));
  return broken.length > 0 ? broken : parameterRules(declared, model);
}

function ruleOf(field: keyof Declared, declared: Declared, model: ModelConfig): RuleBreak {
  const expected = `${String(model[field])}, as the checkpoint has it`;
  return { fields: [`declared.${field}`, 'path'], expected, found: String(declared[field]) };
}

/** Size of a head and tied embeddings may be left to the family: what they come to must agree. */
function parameterRules(declared: Declared, model: ModelConfig): readonly RuleBreak[] {
  const [said, found] = [declaredModel(declared), model].map((one) => costOf(one).paramsTotal);
  if (said === found) return [];
  const expected = `sizes of ${found} parameters, as the checkpoint has (headSize, tieEmbeddings)`;
  return [{ fields: ['declared', 'path'], expected, found: `sizes of ${said}` }];
}
