/**
 * The parts of one model: the record of its family with the model's own constants in place. The decoder, the parameter
 * table and the cost read nothing else.
 */
import type { ModelConstants, ModelSpec } from '../spec/experiment-schema.ts';
import { familyNamed } from '../families/index.ts';
import type { AttentionPart, Family, LinearPart, MlpPart, MlpProjection } from './family.ts';

/** The parts of a family as its record has them. */
export function familyDefaults(name: ModelSpec['family']): Family {
  const { position, ...parts } = familyNamed(name).parts;
  return { ...parts, position: position.kind === 'rope' ? { ...position, scaling: null } : position };
}

/** The family of a model with the model's own constants in place. */
export function familyOf(model: ModelSpec): Family {
  const family = familyDefaults(model.family);
  const { constants } = model;
  const head = { ...family.head, isTied: model.tieEmbeddings ?? family.head.isTied };
  if (!constants) return { ...family, head };
  return {
    ...family,
    norm: normOf(family, constants),
    position: positionOf(family, model),
    attention: attentionOf(family, constants),
    mlp: mlpOf(family, constants),
    residual: residualOf(family, constants),
    head: { ...head, softCap: switched(constants.logitSoftCap, head.softCap) },
  };
}

function normOf({ norm }: Family, { normEpsilon }: ModelConstants): Family['norm'] {
  return { ...norm, epsilon: normEpsilon ?? norm.epsilon };
}

function mlpOf({ mlp }: Family, { mlpBias, activation }: ModelConstants): MlpPart {
  return { ...withMlpBias(mlp, mlpBias), activation: activation ?? mlp.activation };
}

function residualOf({ residual }: Family, { parallelResidual }: ModelConstants): Family['residual'] {
  return (parallelResidual ?? residual === 'parallel') ? 'parallel' : 'sequential';
}

function attentionOf(
  { attention }: Family,
  { attentionBias, queryScalar, attentionSoftCap, slidingWindow, windowedLayers }: ModelConstants,
): AttentionPart {
  return {
    ...withAttentionBias(attention, attentionBias),
    queryScalar: queryScalar ?? attention.queryScalar,
    softCap: switched(attentionSoftCap, attention.softCap),
    slidingWindow: switched(slidingWindow, attention.slidingWindow),
    windowed: windowedLayers === null ? attention.windowed : { layers: windowedLayers },
  };
}

function positionOf({ position }: Family, { constants }: ModelSpec): Family['position'] {
  if (position.kind === 'learned' || !constants) return position;
  return {
    ...position,
    theta: constants.ropeTheta ?? position.theta,
    rotaryFraction: constants.rotaryFraction ?? position.rotaryFraction,
    scaling: constants.ropeScaling ?? position.scaling,
    unrotated: constants.unrotatedLayers === null ? position.unrotated : { layers: constants.unrotatedLayers },
    localTheta: constants.localRopeTheta ?? position.localTheta,
  };
}

function withAttentionBias(attention: AttentionPart, bias: boolean | null): AttentionPart {
  if (bias === null) return attention;
  const { projection } = attention;
  const part = (linear: LinearPart): LinearPart => ({ ...linear, bias });
  const changed =
    projection.kind === 'fused'
      ? { ...projection, queryKeyValue: part(projection.queryKeyValue) }
      : { ...projection, query: part(projection.query), key: part(projection.key), value: part(projection.value) };
  return { ...attention, projection: changed, output: part(attention.output) };
}

function withMlpBias(mlp: MlpPart, bias: boolean | null): MlpPart {
  if (bias === null) return mlp;
  const part = (linear: LinearPart): LinearPart => ({ ...linear, bias });
  return { ...mlp, projection: eachOf(mlp.projection, part), down: part(mlp.down) };
}

function eachOf(projection: MlpProjection, part: (linear: LinearPart) => LinearPart): MlpProjection {
  if (projection.kind === 'fused') return { ...projection, gateUp: part(projection.gateUp) };
  const up = part(projection.up);
  return projection.kind === 'gated' ? { ...projection, gate: part(projection.gate), up } : { ...projection, up };
}

function switched(override: number | 'none' | null, own: number | null): number | null {
  return override === 'none' ? null : (override ?? own);
}
