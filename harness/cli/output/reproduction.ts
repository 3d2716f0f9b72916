/** A shell script that makes a trial again in a fresh clone, and compares what comes out. */
import { parse } from 'yaml';
import { axesPrefix } from '../../spec/index.ts';
import type { ExperimentRecord, FoundThing } from '../../record/index.ts';
import type { DoneRecord, RecordedProvenance } from '../../store/index.ts';
import { shellLine, visible } from '../../text/index.ts';

export interface RecordedStage {
  readonly id: string;
  readonly name: string;
  readonly outputs: DoneRecord['outputs'];
  readonly provenance: RecordedProvenance;
}

export interface Reproduced {
  readonly thing: FoundThing;
  readonly record: ExperimentRecord;
  /** null = all trials of the experiment. */
  readonly trial: ExperimentRecord['trials'][number] | null;
  readonly stage: RecordedStage;
  /** Address that the code was cloned from; null where that is not known. */
  readonly origin: string | null;
}

const folder = 'repro';

/** Comments say what is on record; everything else is for `bash`. */
export function reproduction({ thing, record, trial, stage, origin }: Reproduced): string {
  const file = `${record.experiment}.yaml`;
  const settings = trial === null ? [] : settingsOf(trial).flatMap((setting) => ['-s', setting]);
  const sweep = shellLine(['npx', 'harness', 'sweep', file, ...settings, '--results', folder]);
  return [
    ...aboutLines(thing, record, stage),
    'set -e',
    ...codeLines(stage.provenance, origin),
    ...heredoc(`cat > ${shellLine([file])}`, record.specText),
    sweep,
    '# The same bytes, where the processor and the packages are the same; else numbers that differ by rounding.',
    ...checkLines(stage),
  ].join('\n');
}

function aboutLines(
  thing: FoundThing,
  { experiment }: ExperimentRecord,
  { name, provenance }: RecordedStage,
): string[] {
  const { environment, place, startedAt } = provenance;
  const variables = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  const lines = [
    `${thing.kind} ${thing.id}${thing.kind === 'experiment' ? '' : ` of ${experiment}`}; compared by: ${name}`,
    `recorded on ${startedAt}: ${place.join('; ')}`,
    ...(variables.length === 0 ? [] : [`with ${variables.join(' ')}`]),
  ];
  return lines.map((line) => `# ${visible(line).replaceAll('\n', ' ')}`);
}

function codeLines(
  { commit, isDirty, diffDigest, packageVersion }: RecordedProvenance,
  origin: string | null,
): string[] {
  if (commit === null)
    return [`# It ran from a package: harness ${packageVersion ?? 'of an unknown version'}. Install that one here.`];
  const changed = isDirty
    ? [`# The code had uncommitted changes (sha256 ${diffDigest ?? 'unknown'}), which no clone has.`]
    : [];
  const from = origin === null ? '"${HARNESS_REPOSITORY:?say where to clone harness from}"' : shellLine([origin]);
  return [`git clone ${from} harness`, 'cd harness', `git checkout --detach ${commit}`, ...changed, 'npm ci'];
}

/** Seed and case of each axis, as overrides. */
function settingsOf({ seed, axes }: NonNullable<Reproduced['trial']>): readonly string[] {
  const declared = Object.entries((axes['declared'] ?? {}) as Readonly<Record<string, string | number>>);
  return [`seeds=${seed}`, ...declared.map(([axis, label]) => `${axesPrefix}${axis}=${yamlText(label)}`)];
}

/** Case names may look like numbers or words of YAML. */
function yamlText(label: string | number): string {
  const isPlain = typeof label === 'number' || (/^[a-z][\w.-]*$/i.test(label) && parse(label) === label);
  return isPlain ? String(label) : JSON.stringify(label);
}

function checkLines({ id, outputs }: RecordedStage): string[] {
  const sums = outputs.map(({ sha256, file }) => `${sha256}  ${file}`).join('\n');
  return heredoc(`cd ${folder}/store/${id} && sha256sum --check -`, sums);
}

/** A text that a command reads. The last line is one that the text does not have. */
function heredoc(command: string, text: string): string[] {
  let end = 'END';
  while (text.split('\n').includes(end)) end += '_';
  return [`${command} <<'${end}'`, text.replace(/\n$/, ''), end];
}
