/** Sessions that share a state must agree on its shape and on how it is stored. */
import { formatShape, type StateEntry, type StateStorage } from '../graph/index.ts';

export interface StateForm {
  readonly shape: StateEntry['input']['shape'];
  readonly storage: StateStorage;
}

export function formOf({ input, storage = 'float32' }: StateEntry): StateForm {
  return { shape: input.shape, storage };
}

/** Throws where the entry of a program differs from the state as another session holds it. */
export function checkSharedState(held: StateForm, entry: StateEntry): void {
  const [there, here] = [described(held), described(formOf(entry))];
  if (there === here) return;
  throw new Error(
    `compile: the shared state "${entry.name}" is ${there} in the other session, ${here} in this program`,
  );
}

function described({ storage, shape }: StateForm): string {
  return `${storage} ${formatShape(shape)}`;
}
