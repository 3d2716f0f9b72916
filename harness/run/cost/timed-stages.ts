/** The stages on record that say something about the speed of this machine, with what each of them had to do. */
import { currentConfig, fingerprintOf, type Fingerprint, type TimedStage } from '../../plan/index.ts';
import type { RecordedMachine, RecordedStage, RecordedStages } from '../../record/index.ts';
import { stageKind, type DescribedStage, type StageWork, type WorkContext } from '../../stages/index.ts';
import { processor } from '../processor.ts';

/**
 * Recorded stages that are looked at, the newest first: enough for every kind of a large sweep, and planning stays fast
 * over a large store.
 */
const consideredStages = 600;

interface Execution {
  readonly workers: number;
  readonly threads: number;
  readonly device: string;
}

/** Of this machine, the newest first; those of the same workers and threads alone, where there are any. */
export async function timedStages(
  records: RecordedStages,
  { workers, threads, device }: Execution,
  context: WorkContext,
): Promise<readonly TimedStage[]> {
  const timed = records
    .newest(consideredStages)
    .flatMap((id) => records.get(id) ?? [])
    .filter(isTimed)
    .filter(({ machine }) => isThisMachine(machine, device));
  const alike = timed.filter(({ machine }) => machine.workers === workers && machine.threads === threads);
  const works = await Promise.all(
    (alike.length > 0 ? alike : timed).map((stage) => workOfRecord(stage, records, context)),
  );
  return works.filter((work) => work !== null);
}

type TimedRecord = RecordedStage & { readonly seconds: number };

const isTimed = (stage: RecordedStage): stage is TimedRecord => stage.seconds !== null;

/**
 * A record of an older format, whose config says less than it does now, tells nothing; nor does one whose steps are not
 * known.
 */
async function workOfRecord(
  stage: TimedRecord,
  records: RecordedStages,
  context: WorkContext,
): Promise<TimedStage | null> {
  const described = describedRecord(stage);
  const steps = stepsOf(stage, records);
  if (described === null || Number.isNaN(steps)) return null;
  const isCurrent = hasCurrentName(described, stage.fingerprint, records);
  try {
    return { ...(await workOf(described, steps, context)), seconds: stage.seconds, isCurrent };
  } catch {
    return null;
  }
}

/** Whether this version of the stage's kind would give it the same name: its fingerprint covers the version. */
function hasCurrentName(
  { kind, config, inputs }: DescribedStage,
  fingerprint: string,
  records: RecordedStages,
): boolean {
  if (stageKind(kind) === undefined) return false;
  const identity = Object.fromEntries(
    Object.entries(inputs).map(([name, id]) => [name, (records.get(id)?.fingerprint ?? '') as Fingerprint]),
  );
  return fingerprintOf(kind, config, identity) === fingerprint;
}

/** A recorded stage, its config under today's names. */
export function describedRecord(stage: RecordedStage | null): DescribedStage | null {
  if (stage === null || typeof stage.config !== 'object' || stage.config === null) return null;
  const { kind, inputs, locations } = stage;
  return { kind, inputs, locations, config: currentConfig(kind, stage.config) };
}

export function workOf(stage: DescribedStage, steps: number | null, context: WorkContext): Promise<StageWork> {
  const kind = stageKind(stage.kind);
  if (kind === undefined) throw new Error(`there is no stage kind ${stage.kind}`);
  return kind.work(stage, steps, context);
}

/** What a record does not say (an older one: its device and workers) is taken to be as now. */
function isThisMachine({ cpuModel, cores, device }: RecordedMachine, deviceNow: string): boolean {
  const here = processor();
  return (
    cpuModel === here.cpuModel &&
    cores === here.cores &&
    (device === null || deviceNow === 'auto' || device === deviceNow)
  );
}

/**
 * Steps that the stage itself took: those behind it, less those of the stage it went on from. NaN where that one is not
 * on record.
 */
function stepsOf({ lastStep, inputs }: RecordedStage, records: RecordedStages): number | null {
  if (lastStep === null) return null;
  const before = inputs['previous'] ?? inputs['trunk'];
  return before === undefined ? lastStep : lastStep - (records.get(before)?.lastStep ?? NaN);
}
