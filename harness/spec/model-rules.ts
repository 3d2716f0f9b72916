/**
 * Rules between the fields of a model: sizes that divide, and constants that its family has (what `transformers` has no
 * key for could not be saved).
 */
import { constantsOf, familyNamed, hasGroupedQueries, type ConstantName } from '../families/index.ts';
import type { ModelSpec } from './model-schema.ts';
import { fixedContextOf } from './rope-scaling.ts';
import type { RuleBreak } from './kind.ts';
import type { TrialSpec } from './format.ts';

export function modelRules({ model }: TrialSpec): readonly RuleBreak[] {
  return [...headRules(model), ...constantRules(model), ...layerRules(model)];
}

function headRules(model: ModelSpec): readonly RuleBreak[] {
  const { hiddenSize, heads, family } = model;
  const isDivisor = hiddenSize % heads === 0;
  return [
    ...(isDivisor ? rotaryRules(model) : [notADivisor('model.heads', heads, 'hiddenSize', hiddenSize)]),
    ...(hasGroupedQueries(family) ? groupRules(model) : singleHeadRules(model)),
  ];
}

function notADivisor(field: string, value: number, ofField: string, of: number): RuleBreak {
  const expected = `a divisor of ${ofField} (${of})`;
  return { fields: [field, `model.${ofField}`], expected, found: String(value) };
}

function groupRules({ heads, keyValueHeads }: ModelSpec): readonly RuleBreak[] {
  return heads % keyValueHeads === 0 ? [] : [notADivisor('model.keyValueHeads', keyValueHeads, 'heads', heads)];
}

/** As many keys and values as queries, of size hiddenSize / heads. */
function singleHeadRules({ family, heads, headSize, keyValueHeads }: ModelSpec): readonly RuleBreak[] {
  const broken: RuleBreak[] = [];
  if (headSize !== null)
    broken.push({
      fields: ['model.headSize', 'model.family'],
      expected: `null (${family} has heads of hiddenSize / heads)`,
      found: String(headSize),
    });
  if (keyValueHeads !== heads)
    broken.push({
      fields: ['model.keyValueHeads', 'model.heads'],
      expected: `${heads}, as many as heads (${family} has no grouped-query attention)`,
      found: String(keyValueHeads),
    });
  return broken;
}

/** Rotary positions turn pairs of values, in the whole head or in a fraction of it. */
function rotaryRules(model: ModelSpec): readonly RuleBreak[] {
  if (familyNamed(model.family).parts.position.kind === 'learned') return [];
  const { hiddenSize, heads, headSize } = model;
  const size = headSize ?? hiddenSize / heads;
  const turned = Math.floor(size * rotaryFraction(model));
  if (turned > 0 && turned % 2 === 0) return [];
  const written = headSize === null ? `${hiddenSize} / ${heads} = ${size}` : String(size);
  return [oddRotation(model, written, turned)];
}

function rotaryFraction({ family, constants }: ModelSpec): number {
  const { position } = familyNamed(family).parts;
  return constants?.rotaryFraction ?? (position.kind === 'rope' ? position.rotaryFraction : 1);
}

function oddRotation(model: ModelSpec, found: string, turned: number): RuleBreak {
  const fields = model.headSize === null ? ['model.heads', 'model.hiddenSize'] : ['model.headSize'];
  const fraction = rotaryFraction(model);
  if (fraction === 1) return { fields, expected: 'an even head size (hiddenSize / heads) for rotary positions', found };
  return {
    fields: [...fields, 'model.constants.rotaryFraction'],
    expected: `a head size of which ${fraction} is an even number of values, for rotary positions`,
    found: `${found}, of which ${turned} would be rotated`,
  };
}

function constantRules(model: ModelSpec): readonly RuleBreak[] {
  const foreign = Object.entries(model.constants ?? {}).filter(
    ([name, value]) => value !== null && !constantsOf(model.family).includes(name as ConstantName),
  );
  return [...foreign.map(([name, value]) => foreignConstant(name, value, model.family)), ...scalingRules(model)];
}

function foreignConstant(name: string, value: unknown, family: ModelSpec['family']): RuleBreak {
  return {
    fields: [`model.constants.${name}`, 'model.family'],
    expected: `null (the constants of ${family} are ${constantsOf(family).join(', ')})`,
    found: JSON.stringify(value),
  };
}

/** Training and evaluation read a prompt once for all its responses. */
function overFixedContext(contextLength: number, fixed: number): RuleBreak {
  return {
    fields: ['model.contextLength', 'model.constants.ropeScaling'],
    expected:
      `at most originalContextLength (${fixed}): the rotary angles of longer rows depend on the length of each row, ` +
      'and responses that share a prompt have several lengths',
    found: String(contextLength),
  };
}

function scalingRules({ constants, contextLength }: ModelSpec): readonly RuleBreak[] {
  const scaling = constants?.ropeScaling ?? null;
  if (contextLength > fixedContextOf(scaling)) return [overFixedContext(contextLength, fixedContextOf(scaling))];
  if (scaling?.kind !== 'llama3' || scaling.highFrequencyFactor > scaling.lowFrequencyFactor) return [];
  return [
    {
      fields: ['model.constants.ropeScaling.highFrequencyFactor'],
      expected: `more than lowFrequencyFactor (${scaling.lowFrequencyFactor})`,
      found: String(scaling.highFrequencyFactor),
    },
  ];
}

/** Lists of layers name layers that are there, and leave some with positions. */
function layerRules({ layers, constants }: ModelSpec): readonly RuleBreak[] {
  const isBlind = new Set(constants?.unrotatedLayers).size >= layers;
  return [
    ...layerListRules('windowedLayers', layers, constants?.windowedLayers ?? []),
    ...layerListRules('unrotatedLayers', layers, constants?.unrotatedLayers ?? []),
    ...(isBlind ? [noPositions(layers)] : []),
  ];
}

function layerListRules(name: ConstantName, layers: number, list: readonly number[]): readonly RuleBreak[] {
  const strange = list.filter((layer) => layer >= layers);
  if (strange.length === 0) return [];
  const expected = `layers from 0 to ${layers - 1}`;
  return [{ fields: [`model.constants.${name}`, 'model.layers'], expected, found: strange.join(', ') }];
}

function noPositions(layers: number): RuleBreak {
  const fields = ['model.constants.unrotatedLayers', 'model.layers'];
  return { fields, expected: 'at least one layer with rotary positions', found: `all ${layers}` };
}
