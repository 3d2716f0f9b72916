/** Generators inside other sections: one schema for all of them, and their own rules under the name of the field. */
import { z } from 'zod';
import { kindOf, type GeneratorSpec, type RuleBreak } from '../../spec/index.ts';
import type { GeneratorKind } from '../kind.ts';
import { checkpointGenerator } from './checkpoint.ts';
import { endpoint } from './endpoint.ts';
import { torchGenerator } from './torch.ts';
import { trained } from './trained.ts';

export const generators: readonly GeneratorKind[] = [trained, checkpointGenerator, torchGenerator, endpoint];

export const generatorSchema = z.discriminatedUnion('kind', [
  trained.schema,
  checkpointGenerator.schema,
  torchGenerator.schema,
  endpoint.schema,
] as never) as z.ZodType<GeneratorSpec>;

export function generatorRules(field: string, spec: GeneratorSpec): readonly RuleBreak[] {
  const broken = kindOf(generators, spec).rules?.(spec) ?? [];
  return broken.map((one) => ({ ...one, fields: one.fields.map((name) => `${field}.${name}`) }));
}
