/** `provenance.json` as any version, or another program, left it: what it does not say is null or empty. */
import { isRecord, listOf, numberOf, readJsonRecord, recordOf, textOf, type JsonRecord } from './read-json.ts';

export interface RecordedProvenance {
  readonly commit: string | null;
  readonly isDirty: boolean;
  readonly diffDigest: string | null;
  readonly packageVersion: string | null;
  readonly engines: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly startedAt: string;
  /** Machine, Node.js, and how the work was shared out, each in words. */
  readonly place: readonly string[];
}

/** @throws UserError (4) where the file is no JSON object. */
export function readRecordedProvenance(path: string): RecordedProvenance {
  const record = readJsonRecord(path);
  return {
    commit: textOf(record, 'commit'),
    isDirty: record['isDirty'] === true,
    diffDigest: textOf(record, 'diffDigest'),
    packageVersion: textOf(record, 'packageVersion'),
    engines: textsOf(record['engines']),
    argv: listOf(record, 'argv').map(String),
    environment: textsOf(record['environment']),
    startedAt: textOf(record, 'startedAt') ?? '',
    place: placeOf(record),
  };
}

function placeOf(record: JsonRecord): readonly string[] {
  const [cpuModel, cores] = [textOf(record, 'cpuModel'), numberOf(record, 'cores')];
  const [node, platform] = [textOf(record, 'node'), textOf(record, 'platform')];
  const execution = recordOf(record, 'execution') ?? {};
  const [workers, threads] = [numberOf(execution, 'workers'), numberOf(execution, 'threads')];
  const device = textOf(execution, 'device');
  return [
    ...(cpuModel === null ? [] : [`${cpuModel}${cores === null ? '' : `, ${cores} cores`}`]),
    ...(platform === null ? [] : [platform]),
    ...(node === null ? [] : [`Node.js ${node}`]),
    ...(workers === null || threads === null ? [] : [`workers: ${workers}, threads each: ${threads}`]),
    ...(device === null ? [] : [`device: ${device}`]),
  ];
}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};
