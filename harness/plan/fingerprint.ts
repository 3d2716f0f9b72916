/** Identity as text: canonical JSON (RFC 8785) and its sha256. Refuses what JSON would drop or bend in silence. */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { stageVersions, type Fingerprint, type StageKind } from './stage.ts';

/** Text of frozen objects: the sections of a plan are shared by many stages, and each is written once. */
const written = new WeakMap<object, string>();

/**
 * RFC 8785 JSON of plain data: keys sorted, numbers in shortest form, so `1e-6` and `0.000001` are one.
 * @throws TypeError on undefined, functions, symbols, bigints, NaN, infinities, class instances and holes: none of them may enter an identity.
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
  const isAllowed = value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  const text = isAllowed ? canonicalize(value) : undefined;
  if (text === undefined) throw new TypeError(`${path} is ${typeof value === 'number' ? String(value) : typeof value}: it has no place in a fingerprint`);
  return text;
}

function listJson(list: readonly unknown[], path: string): string {
  return `[${Array.from(list, (item, index) => canonicalJson(item, `${path}[${index}]`)).join(',')}]`;
}

function mapJson(map: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(map);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${path} is not a plain object: it has no place in a fingerprint`);
  const fields = map as Readonly<Record<string, unknown>>;
  return `{${Object.keys(fields).sort().map((key) => `${scalarJson(key, path)}:${canonicalJson(fields[key], `${path}.${key}`)}`).join(',')}}`;
}

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** @param inputs Input name -> fingerprint of that stage; without those that bear no identity (see `Fingerprint`). */
export function fingerprintOf(kind: StageKind, config: object, inputs: Readonly<Record<string, Fingerprint>>): Fingerprint {
  return sha256(canonicalJson({ kind, version: stageVersions[kind], config, inputs })) as Fingerprint;
}
