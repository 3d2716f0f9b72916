/** Where two things were made: code, packages, machine and execution of their stages, as far as they differ. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, readJsonRecord, stageFiles, stageFolder } from '../../store/index.ts';

export interface EnvironmentOfBoth {
  /** Dotted, as in provenance.json. */
  readonly field: string;
  /** Every value there is among the stages, as text. */
  readonly a: readonly string[];
  readonly b: readonly string[];
}

/** Of every stage something else, and no reason for another result. */
const personal: ReadonlySet<string> = new Set(['startedAt', 'argv', 'provenanceVersion']);

type Values = ReadonlyMap<string, ReadonlySet<string>>;

/** Stages that both have are left out: they were made once. */
export function diffEnvironments(
  resultsFolder: string,
  a: readonly string[],
  b: readonly string[],
): readonly EnvironmentOfBoth[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  const left = valuesOf(
    resultsFolder,
    a.filter((id) => !inB.has(id)),
  );
  const right = valuesOf(
    resultsFolder,
    b.filter((id) => !inA.has(id)),
  );
  if (left.size === 0 || right.size === 0) return [];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((field) => {
    const [first, second] = [listed(left, field), listed(right, field)];
    return first.join('\n') === second.join('\n') ? [] : [{ field, a: first, b: second }];
  });
}

const listed = (values: Values, field: string): readonly string[] => [...(values.get(field) ?? [])].sort();

function valuesOf(resultsFolder: string, ids: readonly string[]): Values {
  const values = new Map<string, Set<string>>();
  for (const id of ids) {
    const file = join(stageFolder(resultsFolder, id), stageFiles.provenance);
    if (!existsSync(file)) continue;
    for (const [field, value] of leaves(readJsonRecord(file), '')) {
      const known = values.get(field);
      if (known === undefined) values.set(field, new Set([value]));
      else known.add(value);
    }
  }
  return values;
}

function* leaves(record: Readonly<Record<string, unknown>>, above: string): Generator<readonly [string, string]> {
  for (const [name, value] of Object.entries(record)) {
    if (personal.has(name)) continue;
    if (isRecord(value)) yield* leaves(value, `${above}${name}.`);
    else yield [`${above}${name}`, typeof value === 'string' ? value : JSON.stringify(value)];
  }
}
