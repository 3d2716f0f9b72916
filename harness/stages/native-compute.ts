/** Training and scoring in this process. */
import { scoreResponses } from '../score/index.ts';
import type { SessionCache } from '../train/index.ts';
import type { Compute } from './compute.ts';
import { trainHere } from './train-here.ts';

/** By programs that the stages of the process share. */
export function nativeCompute(sessions: SessionCache, device: string): Compute {
  return {
    device,
    train: (place, run) => trainHere(place, run, sessions),
    scorer: (_, model) => (questions) => scoreResponses({ ...model, sessions }, questions),
  };
}
