/** The parts of one model: those of its family, with the constants that are the model's own. */
import type { FamilyParts, RopePart } from '../families/index.ts';
import type { RopeScaling } from '../spec/experiment-schema.ts';

export type { Activation, AttentionPart, LinearPart, MlpPart, MlpProjection } from '../families/index.ts';

export interface Family extends Omit<FamilyParts, 'position'> {
  readonly position: ScaledRope | Exclude<FamilyParts['position'], RopePart>;
}

interface ScaledRope extends RopePart {
  readonly scaling: RopeScaling | null;
}
