/** Samples as a file that is read by people as well, and compared by git line by line. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { isRecord, parseJson, writeFileAtomically } from '../store/index.ts';
import { samplesSchema, samplesVersion, type Samples } from './samples.ts';

/** @throws UserError (2) where it is no such file, or one of another version. */
export function readSamples(file: string): Samples {
  const value = parseJson(readText(file));
  const version = isRecord(value) ? value['samplesVersion'] : undefined;
  if (version === undefined) throw notSamples(file, 'it has no samplesVersion');
  if (version !== samplesVersion)
    throw new UserError(`${file}: samples of version ${String(version)}, this program reads ${samplesVersion}`, {
      exitCode: 2,
      hint: 'Record a baseline with this program: harness gate accept --reason "..."',
    });
  return checked(file, value);
}

function readText(file: string): string {
  if (!existsSync(file)) throw new UserError(`there is no file ${file}`, { exitCode: 2 });
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: 2,
      cause,
    });
  }
}

function checked(file: string, value: unknown): Samples {
  const { data, error } = samplesSchema.safeParse(value);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw notSamples(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
  }
  for (const { itemSet, seeds, condition } of data.quality) {
    const items = itemSet === null ? 0 : data.itemSets[itemSet]?.ids.length;
    if (items === undefined) throw notSamples(file, `${condition}: there is no item set ${itemSet}`);
    const other = seeds.find(({ values }) => values.length !== items);
    if (other !== undefined)
      throw notSamples(file, `${condition}, seed ${other.seed}: ${other.values.length} values of ${items} items`);
  }
  return data;
}

function notSamples(file: string, what: string): UserError {
  return new UserError(`${file} holds no samples: ${what}`, {
    exitCode: 2,
    hint: 'Such a file is written by `harness bench samples --out FILE` and `harness gate accept`.',
  });
}

/** Makes its folder. */
export function writeSamples(file: string, samples: Samples): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomically(file, `${linesOf(samples, '')}\n`, true);
}

/** JSON with one line a list of plain values: a change of one seed is a change of one line. */
function linesOf(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.every(isPlain)) return JSON.stringify(value);
    return block(
      '[',
      value.map((entry) => linesOf(entry, `${indent} `)),
      ']',
      indent,
    );
  }
  if (!isRecord(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${linesOf(entry, `${indent} `)}`);
  return Object.values(value).every(isPlain) ? `{${fields.join(', ')}}` : block('{', fields, '}', indent);
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

function block(open: string, parts: readonly string[], close: string, indent: string): string {
  return `${open}\n${parts.map((part) => `${indent} ${part}`).join(',\n')}\n${indent}${close}`;
}
