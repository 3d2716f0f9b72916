/**
 * The text that a fingerprint is the digest of. Stages that differ in their seed and their inputs alone share all the
 * rest of it: a sweep of a thousand seeds writes each config once, and fills in the seed.
 */
import { stageKind } from '../stages/index.ts';
import { canonicalJson, identityOf } from './fingerprint.ts';
import type { Fingerprint } from './stage.ts';

/** Two pieces of canonical JSON, around the seed where the config has one. */
export interface IdentityText {
  readonly beforeSeed: string;
  /** null = the config has no seed, and `beforeSeed` is followed by the inputs. */
  readonly afterSeed: string | null;
  /** Kind and version: the end of the text. */
  readonly end: string;
  readonly shortcuts: readonly string[];
}

/** @throws Error for a kind that is not registered: it has no version. */
export function identityText(kind: string, config: object): IdentityText {
  const registered = stageKind(kind);
  if (registered === undefined) throw new Error(`there is no stage kind ${kind}`);
  const { version, shortcuts = [], formerNames = {} } = registered;
  const fields = identityOf(kind, config) as Readonly<Record<string, unknown>>;
  const seedName = formerNames['seed'] ?? 'seed';
  const written = (isWanted: (name: string) => boolean): string[] =>
    Object.keys(fields)
      .filter(isWanted)
      .sort()
      .map((name) => `${canonicalJson(name)}:${canonicalJson(fields[name], `value.config.${name}`)}`);
  const end = `,"kind":${canonicalJson(kind)},"version":${version}}`;
  if (!Object.hasOwn(fields, seedName))
    return { beforeSeed: `{"config":{${written(() => true).join(',')}`, afterSeed: null, end, shortcuts };
  const before = [...written((name) => name < seedName), `${canonicalJson(seedName)}:`];
  const after = ['', ...written((name) => name > seedName)];
  return { beforeSeed: `{"config":{${before.join(',')}`, afterSeed: after.join(','), end, shortcuts };
}

/** The whole text. @param seed Read where the config has one. */
export function filledIn(
  { beforeSeed, afterSeed, end, shortcuts }: IdentityText,
  seed: unknown,
  inputs: Readonly<Record<string, { readonly fingerprint: Fingerprint }>>,
): string {
  const config = afterSeed === null ? beforeSeed : beforeSeed + canonicalJson(seed, 'value.config.seed') + afterSeed;
  let written = '';
  for (const name of Object.keys(inputs).sort()) {
    // A fingerprint has nothing to be escaped.
    const digest = inputs[name]?.fingerprint ?? '';
    if (!shortcuts.includes(name)) written += `${written === '' ? '' : ','}${canonicalJson(name)}:"${digest}"`;
  }
  return `${config}},"inputs":{${written}}${end}`;
}
