/** What Python says of a training job, into the journal of its stage, as the harness's own loop would write it. */
import type { StagePlace } from '../../stages/index.ts';
import type { JobEvent } from './events.ts';

/** @param givenStep The step of the state that the job was given: a later one comes from a sharded resume point. */
export function relay({ emit }: StagePlace, givenStep: number): (event: JobEvent) => void {
  let [step, tokensPerSecond]: [number, number | null] = [givenStep, null];
  return (event) => {
    const of = event as unknown as Record<string, number>;
    switch (event.kind) {
      case 'started':
        // The journal fills in the attempt's number and time.
        if ((of['step'] as number) > givenStep)
          emit({ kind: 'attempt', attempt: 0, startedAt: '', resumedFromStep: of['step'] as number });
        return;
      case 'note':
        return emit({ kind: 'note', text: String(event['text']) });
      case 'metric':
        step = of['step'] as number;
        return emit({ kind: 'metric', step, name: String(event['name']), value: of['value'] as number });
      case 'speed':
        tokensPerSecond = of['tokensPerSecond'] as number;
        for (const [name, value] of speedsIn(event)) emit({ kind: 'metric', step, name, value });
        return;
      case 'progress':
        step = of['step'] as number;
        return emit({
          kind: 'progress',
          step,
          steps: of['steps'] as number,
          loss: of['loss'] as number,
          tokensPerSecond,
        });
    }
  };
}

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
