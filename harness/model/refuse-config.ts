/** What of a config.json is not computed here, by name: a whole architecture, or keys of one that is. */
import {
  adviceFor,
  askedPartsOf,
  familyNamed,
  familyNames,
  missingPartsOf,
  type Asked,
  type Dialect,
} from '../families/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { ConfigReader } from './config-reader.ts';

const readable = familyNames.map((name) => familyNamed(name).dialect.modelType).join(', ');

export const readableHint = `Architectures that can be read: ${readable}.`;

/** The error for an architecture that is none of the families': exit 4. */
export function unknownArchitecture(config: ConfigReader, modelType: string): UserError {
  const name = JSON.stringify(modelType);
  const parts = missingPartsOf(modelType);
  if (parts === null)
    return new UserError(`${config.path}: model_type: unknown architecture ${name}${askedText(config)}`, {
      exitCode: 4,
      hint: `${readableHint} A decoder of the same parts is one record more: docs/models.md.`,
    });
  return new UserError(`${config.path}: model_type: ${name} needs parts that are not computed: ${parts.join(', ')}`, {
    exitCode: 4,
    hint: `${adviceFor(parts)} ${readableHint}`,
  });
}

/** What its keys say is missing: all that is known of an architecture without a record. */
function askedText(config: ConfigReader): string {
  const asked = askedPartsOf((key) => config.raw(key));
  return asked.length === 0
    ? ''
    : `, which asks for parts that are not computed: ${asked.map(described(config)).join(', ')}`;
}

function described(config: ConfigReader): (asked: Asked) => string {
  return ({ key, part }) => {
    const value = config.raw(key);
    return `${part} (${key}${typeof value === 'object' ? '' : ` ${JSON.stringify(value)}`})`;
  };
}

/** Adds a problem for each key that would be computed otherwise than the file asks. */
export function checkSupported(config: ConfigReader, dialect: Dialect): void {
  if (config.raw('quantization_config') !== undefined)
    config.problem('quantization_config: quantized weights cannot be read');
  for (const [key, value] of Object.entries(dialect.fixed))
    if ((config.raw(key) ?? value) !== value) config.problem(`${key}: only ${value} is supported`);
  const own = ownKeys(dialect);
  for (const { key, part } of askedPartsOf((name) => config.raw(name)))
    if (!own.has(key)) config.problem(`${key}: asks for ${part}, which ${dialect.modelType} does not have here`);
}

/** Keys whose meaning is read elsewhere. */
function ownKeys({ switches, fixed, unrotated }: Dialect): ReadonlySet<string> {
  return new Set([
    ...Object.values(switches).map(({ key }) => key),
    ...Object.keys(fixed),
    ...(unrotated === null ? [] : [unrotated.list, unrotated.interval]),
  ]);
}
