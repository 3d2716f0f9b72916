/** What Python says of a training job, into the journal of its stage, as the harness's own loop would write it. */
import type { StagePlace } from '../../stages/index.ts';
import type { JournalEvent } from '../../store/index.ts';
import type { JobEvent } from './events.ts';

/** What an event needs of those before it. */
interface Heard {
  step: number;
  tokensPerSecond: number | null;
}

/** @param givenStep The step of the state that the job was given: a later one comes from a sharded resume point. */
export function relay({ emit }: StagePlace, givenStep: number): (event: JobEvent) => void {
  const heard: Heard = { step: givenStep, tokensPerSecond: null };
  return (event) => {
    if (event.kind === 'started' && (event['step'] as number) <= givenStep) return;
    if (typeof event['step'] === 'number') heard.step = event['step'];
    if (event.kind === 'speed') heard.tokensPerSecond = event['tokensPerSecond'] as number;
    for (const one of told[event.kind]?.(event, heard) ?? []) emit(one);
  };
}

/** Events of a job by their kind; others are of no interest to a journal. */
const told: Readonly<Record<string, (event: JobEvent, heard: Heard) => readonly JournalEvent[]>> = {
  // The journal fills in the attempt's number and time.
  started: (_, { step }) => [{ kind: 'attempt', attempt: 0, startedAt: '', resumedFromStep: step }],
  note: (event) => [{ kind: 'note', text: String(event['text']) }],
  metric: (event, { step }) => [{ kind: 'metric', step, name: String(event['name']), value: event['value'] as number }],
  speed: (event, { step }) => speedsIn(event).map(([name, value]) => ({ kind: 'metric', step, name, value }) as const),
  progress: (event, { step, tokensPerSecond }) => [
    { kind: 'progress', step, steps: event['steps'] as number, loss: event['loss'] as number, tokensPerSecond },
  ],
};

/** Metrics of the machine, which no result has; what is not told has none. */
function speedsIn(event: JobEvent): readonly (readonly [string, number])[] {
  return Object.entries(speedMetrics).flatMap(([field, name]) => {
    const value = event[field];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
}

const speedMetrics = {
  tokensPerSecond: 'train/tokens_per_second',
  mfu: 'train/flops_utilization',
  peakBytes: 'train/peak_memory',
};
