/** The constants of a model in config.json, each as a value; null where the family has no such part. */
import type { Dialect } from '../families/index.ts';
import type { ModelConstants } from '../spec/experiment-schema.ts';
import type { ConfigReader } from './config-reader.ts';
import type { Activation } from './family.ts';
import { readLayers } from './read-layers.ts';
import { readRope } from './read-rope.ts';
import { readLocalTheta } from './rope-maps.ts';

/** @param layers Of the model. */
export function readConstants(config: ConfigReader, dialect: Dialect, layers: number): ModelConstants {
  const { keys, fallbacks, switches } = dialect;
  return {
    normEpsilon: config.positive(keys.normEpsilon, fallbacks.normEpsilon),
    activation: readActivation(config, dialect),
    ...readRope(config, dialect),
    localRopeTheta: readLocalTheta(config, dialect),
    ...readLayers(config, dialect, layers),
    attentionBias: readFlag(config, switches.attentionBias),
    mlpBias: readFlag(config, switches.mlpBias),
    parallelResidual: readFlag(config, switches.parallelResidual),
    queryScalar: readScalar(config, switches.queryScalar),
    attentionSoftCap: readCap(config, switches.attentionSoftCap),
    logitSoftCap: readCap(config, switches.logitSoftCap),
  };
}

type Switch = Dialect['switches'][keyof Dialect['switches']];

function readFlag(config: ConfigReader, found: Switch): boolean | null {
  return found === undefined ? null : config.boolean(found.key, found.fallback === true);
}

function readScalar(config: ConfigReader, found: Switch): number | null {
  return found === undefined ? null : config.positive(found.key, Number(found.fallback));
}

/** Null in the file means no cap. */
function readCap(config: ConfigReader, found: Switch): number | 'none' | null {
  if (found === undefined) return null;
  const isOff = config.raw(found.key) === undefined && (config.isNull(found.key) || found.fallback === null);
  return isOff ? 'none' : readScalar(config, found);
}

function readActivation(config: ConfigReader, { keys, fallbacks, activations }: Dialect): Activation {
  const read = (key: string): Activation => activationNamed(config, activations, key, fallbacks.activation);
  const activation = read(keys.activation);
  const other = keys.otherActivation;
  if (other !== null && config.raw(other) !== undefined && read(other) !== activation)
    config.problem(`${keys.activation} and ${other} name different activations`);
  return activation;
}

function activationNamed(
  config: ConfigReader,
  names: Dialect['activations'],
  key: string,
  fallback: string,
): Activation {
  const name = config.text(key, fallback);
  const found = Object.entries(names).find(([, known]) => known.includes(name));
  if (!found)
    config.problem(
      `${key}: unknown activation ${JSON.stringify(name)}, known are ${Object.values(names).flat().join(', ')}`,
    );
  return (found?.[0] ?? 'silu') as Activation;
}
