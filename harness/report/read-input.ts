/** What `record` knows of an experiment, as the input of its report. */
import { parse } from 'yaml';
import {
  readAudits,
  readContaminations,
  readEnvironments,
  readFirstResultTime,
  readLengthOutcomes,
  readModelSizes,
  readOrigins,
  readPairOutcomes,
  readScoresOf,
  readTrialCompute,
  readTrialDetails,
  readTrialResults,
  showThing,
  type ResultsDatabase,
  type Row,
} from '../record/index.ts';
import { registeredClaims } from '../spec/index.ts';
import { nothingRecorded } from './nothing-recorded.ts';
import type { RecordedInput, ReportProvenance } from './report-input.ts';

/** Throws UserError (exit 5) where nothing of the experiment is recorded. */
export async function readInput(database: ResultsDatabase, experiment: string): Promise<RecordedInput> {
  const { trials } = await readTrialResults(database, experiment);
  if (trials.length === 0) throw nothingRecorded(`experiment ${experiment} is not recorded in ${database.path}`);
  return {
    experiment,
    trials,
    ...(await readAbout(database, experiment)),
    pairOutcomes: await readPairOutcomes(database, experiment),
    lengthOutcomes: await readLengthOutcomes(database, experiment),
    firstResultAt: await readFirstResultTime(database, experiment),
    audits: await readAudits(database, experiment),
    contaminations: await readContaminations(database, experiment),
    scores: await readScoresOf(database, experiment),
    provenance: await readProvenance(database, experiment),
    modelSizes: await readModelSizes(database, experiment),
    compute: await readTrialCompute(database, experiment),
    environments: await readEnvironments(database, experiment),
    details: await readTrialDetails(database, experiment),
  };
}

type About = Pick<RecordedInput, 'registered' | 'title' | 'question' | 'command' | 'excluded' | 'duplicates'>;

async function readAbout(database: ResultsDatabase, experiment: string): Promise<About> {
  const thing = await showThing(database, experiment);
  const about: Row = thing.kind === 'experiment' ? thing.experiment : {};
  return {
    registered: registeredClaims(JSON.parse(String(about['claims'] ?? '[]'))),
    title: titleOf(about['spec_text']),
    question: String(about['question'] ?? ''),
    command: typeof about['command'] === 'string' ? about['command'] : null,
    excluded: Number(about['excluded'] ?? 0),
    duplicates: Number(about['duplicates'] ?? 0),
  };
}

/**
 * `report.title` of the recorded specification. Nothing else of it is looked at, so that a specification in an older
 * format keeps its title.
 */
function titleOf(specText: unknown): string | null {
  if (typeof specText !== 'string') return null;
  const spec: unknown = parse(specText);
  const report = isRecord(spec) ? spec['report'] : null;
  const title = isRecord(report) ? report['title'] : null;
  return typeof title === 'string' && title.trim() !== '' ? title : null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

async function readProvenance(database: ResultsDatabase, experiment: string): Promise<ReportProvenance> {
  const { commits, machines, dirty, from, until } = await readOrigins(database, experiment);
  return { commits, machines, isDirty: dirty, dataFrom: from, dataUntil: until };
}
