/**
 * The linear maps of a block by family, as Hugging Face names them below the block: what an adapter may target.
 */
import { familyNamed, type FamilyName } from './families.ts';
import type { AttentionPart, LinearPart, MlpPart } from './parts.ts';

export function linearMaps(family: FamilyName): readonly string[] {
  const { attention, mlp } = familyNamed(family).parts;
  return [...attentionMaps(attention), ...mlpMaps(mlp)].map(({ name }) => name);
}

function attentionMaps({ projection, output }: AttentionPart): readonly LinearPart[] {
  if (projection.kind === 'fused') return [projection.queryKeyValue, output];
  return [projection.query, projection.key, projection.value, output];
}

function mlpMaps({ projection, down }: MlpPart): readonly LinearPart[] {
  if (projection.kind === 'fused') return [projection.gateUp, down];
  return projection.kind === 'gated' ? [projection.gate, projection.up, down] : [projection.up, down];
}

/** The maps that one target names: by whole name, or by its end after a dot (`c_proj` names two of gpt2). */
export function mapsOfTarget(family: FamilyName, target: string): readonly string[] {
  return linearMaps(family).filter((name) => name === target || name.endsWith(`.${target}`));
}

/** All that may be written as a target in this family. */
export function allowedTargets(family: FamilyName): readonly string[] {
  return [...new Set(linearMaps(family).flatMap((name) => [name.slice(name.lastIndexOf('.') + 1), name]))];
}
