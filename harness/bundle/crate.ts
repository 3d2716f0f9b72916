/**
 * `ro-crate-metadata.json`: what a bundle is, what ran where, and the digest of every file, as RO-Crate 1.1
 * (https://w3id.org/ro/crate/1.1), so that archives and repositories can read it. `sha256` is schema.org's.
 */
import type { RecordedProvenance } from '../store/index.ts';
import { bundleNames } from './contents.ts';

export interface CrateFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CrateSubject {
  readonly experiment: string;
  readonly question: string;
  readonly files: readonly CrateFile[];
  /** One for each sweep that ran any of the stages. */
  readonly sweeps: readonly RecordedProvenance[];
  /** SPDX identifier of the licence that the results are given under; null = none is stated. */
  readonly license: string | null;
}

type Entity = Readonly<Record<string, unknown>>;

const profile = 'https://w3id.org/ro/crate/1.1';
const terms = { sha256: 'https://schema.org/sha256' };

const mediaTypes: Readonly<Record<string, string>> = {
  arrow: 'application/vnd.apache.arrow.file',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  jsonl: 'application/jsonl',
  md: 'text/markdown',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  yaml: 'application/yaml',
};

export function crateText(subject: CrateSubject): string {
  const { files, sweeps } = subject;
  const graph = [
    { '@id': bundleNames.crate, '@type': 'CreativeWork', about: { '@id': './' }, conformsTo: { '@id': profile } },
    rootOf(subject),
    ...(subject.license === null ? [] : [licenseOf(subject.license)]),
    ...files.map(fileOf),
    ...programsOf(sweeps),
    ...sweeps.map(sweepOf),
  ];
  return `${JSON.stringify({ '@context': [`${profile}/context`, terms], '@graph': graph }, null, 1)}\n`;
}

/** Dated by its data, so that equal results give equal bytes. */
function rootOf({ experiment, question, files, sweeps, license }: CrateSubject): Entity {
  return {
    '@id': './',
    '@type': 'Dataset',
    name: `${experiment}: an experiment of harness`,
    description: question === '' ? `Results of the experiment ${experiment}.` : question,
    datePublished:
      sweeps
        .map(({ startedAt }) => startedAt)
        .toSorted()
        .at(-1)
        ?.slice(0, 10) ?? '1970-01-01',
    ...(license === null ? {} : { license: { '@id': spdx(license) } }),
    hasPart: files.map(({ name }) => ({ '@id': idOf(name) })),
    mentions: sweeps.map((_, index) => ({ '@id': sweepId(index) })),
  };
}

const spdx = (license: string): string => `https://spdx.org/licenses/${license}`;

const licenseOf = (license: string): Entity => ({ '@id': spdx(license), '@type': 'CreativeWork', name: license });

function fileOf({ name, bytes, sha256 }: CrateFile): Entity {
  const type = mediaTypes[name.slice(name.lastIndexOf('.') + 1)];
  return {
    '@id': idOf(name),
    '@type': 'File',
    contentSize: String(bytes),
    sha256,
    ...(type === undefined ? {} : { encodingFormat: type }),
  };
}

/** Names are relative addresses. */
export const idOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

const sweepId = (index: number): string => `#sweep-${index + 1}`;
const programId = ({ packageVersion, commit }: RecordedProvenance): string =>
  `#harness-${packageVersion ?? 'unknown'}-${commit ?? 'packed'}`;

function programsOf(sweeps: readonly RecordedProvenance[]): readonly Entity[] {
  const programs = sweeps.map((sweep) => ({
    '@id': programId(sweep),
    '@type': 'SoftwareApplication',
    name: 'harness',
    softwareVersion: sweep.packageVersion ?? 'unknown',
    description: sweep.commit === null ? 'installed from a package' : `commit ${sweep.commit}`,
  }));
  return [...new Map(programs.map((program) => [program['@id'], program])).values()];
}

function sweepOf(sweep: RecordedProvenance, index: number): Entity {
  const engines = Object.entries(sweep.engines).map(([name, version]) => `${name} ${version}`);
  const changes = sweep.isDirty ? [`uncommitted changes with sha256 ${sweep.diffDigest ?? 'unknown'}`] : [];
  return {
    '@id': sweepId(index),
    '@type': 'CreateAction',
    name: `harness ${sweep.argv.join(' ')}`.trim(),
    startTime: sweep.startedAt,
    instrument: { '@id': programId(sweep) },
    object: [{ '@id': bundleNames.spec }],
    result: [{ '@id': './' }],
    description: [...sweep.place, ...engines, ...changes].join('; '),
  };
}
