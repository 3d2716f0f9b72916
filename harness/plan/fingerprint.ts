/** Identity as text: canonical JSON (RFC 8785) and its sha256. Refuses what JSON would drop or bend in silence. */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { stageKind } from '../stages/index.ts';
import type { Fingerprint } from './stage.ts';

/** Text of frozen objects: the sections of a plan are shared by many stages, and each is written once. */
const written = new WeakMap<object, string>();

/**
 * RFC 8785 JSON of plain data: keys sorted, numbers in shortest form, so `1e-6` and `0.000001` are one.
 * @throws TypeError on undefined, functions, symbols, bigints, NaN, infinities, class instances and holes: none of them
 * may enter an identity.
 */
export function canonicalJson(value: unknown, path = 'value'): string {
  if (typeof value !== 'object' || value === null) return scalarJson(value, path);
  const known = written.get(value);
  if (known !== undefined) return known;
  const text = Array.isArray(value) ? listJson(value, path) : mapJson(value, path);
  // Only what can no longer change may be remembered; the children of a frozen section are frozen too.
  if (Object.isFrozen(value)) written.set(value, text);
  return text;
}

function scalarJson(value: unknown, path: string): string {
  const isAllowed =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value));
  const text = isAllowed ? canonicalize(value) : undefined;
  if (text === undefined)
    throw new TypeError(
      `${path} is ${typeof value === 'number' ? String(value) : typeof value}: it has no place in a fingerprint`,
    );
  return text;
}

function listJson(list: readonly unknown[], path: string): string {
  return `[${Array.from(list, (item, index) => canonicalJson(item, `${path}[${index}]`)).join(',')}]`;
}

function mapJson(map: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(map);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${path} is not a plain object: it has no place in a fingerprint`);
  const fields = map as Readonly<Record<string, unknown>>;
  return `{${Object.keys(fields)
    .sort()
    .map((key) => `${scalarJson(key, path)}:${canonicalJson(fields[key], `${path}.${key}`)}`)
    .join(',')}}`;
}

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Fields that the experiment format did not have from the start, by name. Each is `null` where it is off, and then it
 * is left out of the identity: what was run before the field was there is the same as what runs now without it
 * (docs/decisions/010-added-fields.md). A name that any older field has, at whatever place, must not stand here.
 */
export const addedFields: ReadonlySet<string> = new Set([
  // model
  'headSize',
  'tieEmbeddings',
  'constants',
  // model and stage configs
  'responseEnd',
  // model.constants
  'normEpsilon',
  'ropeTheta',
  'ropeScaling',
  'rotaryFraction',
  'activation',
  'attentionBias',
  'mlpBias',
  'queryScalar',
  'attentionSoftCap',
  'logitSoftCap',
  'slidingWindow',
  'windowedLayers',
  'unrotatedLayers',
  'localRopeTheta',
  'parallelResidual',
  // model.constants.ropeScaling
  'attentionFactor',
  'betaFast',
  'betaSlow',
  'mscale',
  'mscaleAllDimensions',
  'truncate',
  // optimizer, pretrain and finetune
  'pairsPerMicroBatch',
  'sharePrompts',
  // finetune
  'stopping',
  // pairs, of the kind continuations
  'dataset',
  // report.claim
  'variant',
  'survives',
  'trainable',
  'targets',
  'frozenStorage',
  'rewardCentering',
  'margin',
  'ema',
  'momentStorage',
  // pretrain.schedule and finetune.schedule
  'decayShape',
  // task and pairs of a user's own files
  'chatTexts',
  // task, where its kind has labels of its own
  'grader',
  // stage configs
  'overLength',
  'start',
  'startDigest',
  'plugin',
  'tokenizerDigest',
  'pairsDigest',
  'templatesDigest',
  'graderVersion',
  'scoringVersion',
  'numerics',
]);

const reduced = new WeakMap<object, object>();

/**
 * A section without the added fields that are null, at every depth but inside lists; the same object where there is
 * nothing to leave out.
 */
export function withoutUnsetAdditions(section: object): object {
  const known = reduced.get(section);
  if (known !== undefined) return known;
  const before = Object.entries(section);
  const after = before
    .filter(([name, value]) => value !== null || !addedFields.has(name))
    .map(([name, value]) => [name, isSection(value) ? withoutUnsetAdditions(value) : value] as const);
  const isSame = before.length === after.length && after.every(([, value], index) => value === before[index]?.[1]);
  const result = isSame ? section : Object.freeze(Object.fromEntries(after));
  if (Object.isFrozen(section)) reduced.set(section, result);
  return result;
}

/** Plain maps only: anything else is handed on as it is, for `canonicalJson` to judge. */
function isSection(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}

/**
 * A config as it enters an identity: without added fields that are off, and under the names that were recorded first. A
 * field that was only renamed must not run everything again.
 */
export function identityOf(kind: string, config: object): object {
  const reducedConfig = withoutUnsetAdditions(config);
  const names = stageKind(kind)?.formerNames;
  if (names === undefined) return reducedConfig;
  return Object.fromEntries(Object.entries(reducedConfig).map(([name, value]) => [names[name] ?? name, value]));
}

/** A recorded config under today's names, without added fields that are off. */
export function currentConfig(kind: string, recorded: object): object {
  const names = Object.entries(stageKind(kind)?.formerNames ?? {});
  const nameOf = (name: string): string => names.find(([, former]) => former === name)?.[0] ?? name;
  return Object.fromEntries(
    Object.entries(withoutUnsetAdditions(recorded)).map(([name, value]) => [nameOf(name), value]),
  );
}

/** Inputs as they enter an identity: without those that are only a shortcut (see `Fingerprint`). */
export function identityInputs<T>(kind: string, inputs: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const { shortcuts = [] } = stageKind(kind) ?? {};
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !shortcuts.includes(name)));
}

/**
 * @param inputs Input name -> fingerprint of that stage.
 * @throws Error for a kind that is not registered: it has no version.
 */
export function fingerprintOf(
  kind: string,
  config: object,
  inputs: Readonly<Record<string, Fingerprint>>,
): Fingerprint {
  const version = stageKind(kind)?.version;
  if (version === undefined) throw new Error(`there is no stage kind ${kind}`);
  const identity = { kind, version, config: identityOf(kind, config), inputs: identityInputs(kind, inputs) };
  return sha256(canonicalJson(identity)) as Fingerprint;
}
