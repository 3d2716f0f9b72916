/** Training and scoring in this process. */
import { scoreResponses } from '../score/index.ts';
import type { SessionCache } from '../train/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { Compute, StagePlace } from './compute.ts';
import { trainHere } from './train-here.ts';

/** By programs that the stages of the process share. */
export function nativeCompute(sessions: SessionCache, device: string): Compute {
  return {
    device,
    train: async (place, run) => {
      requireFloat32(place);
      return trainHere(place, run, sessions);
    },
    scorer:
      (place, { model, weights }) =>
      async (questions) => {
        requireFloat32(place);
        return scoreResponses({ model, parameters: await weights.load(), sessions }, questions);
      },
  };
}

/** A plan refuses it before; a stage folder alone can be given to any backend. */
function requireFloat32({ numerics }: StagePlace): void {
  if (numerics !== 'bfloat16') return;
  throw new UserError(`the stage asks for ${numerics}, and our own engine computes in float32`, {
    exitCode: 2,
    hint: 'Give it to a backend that can: --backend torch.',
  });
}
