/** Sessions that share a state must agree on its shape, its parts and on how it is stored. */
import { formatShape, partsOf, type StateEntry, type StateStorage } from '../graph/index.ts';

export interface StateForm {
  readonly name: string;
  readonly shape: StateEntry['input']['shape'];
  readonly storage: StateStorage;
  /** Of a flat state. */
  readonly parts: StateEntry['parts'];
}

export function formOf({ name, input, storage = 'float32', parts }: StateEntry): StateForm {
  return { name, shape: input.shape, storage, parts };
}

/**
 * The one of the states `held` by another session that is also that of `entry`; undefined where there is none. Throws
 * where the two differ, and where one session keeps flat what the other keeps alone: they would drift apart.
 */
export function sharedState<Held extends { readonly form: StateForm }>(
  held: readonly Held[],
  entry: StateEntry,
): Held | undefined {
  const found = held.find(({ form }) => form.name === entry.name);
  if (found === undefined) refuseOverlap(held, entry);
  else checkForm(found.form, entry);
  return found;
}

function checkForm(held: StateForm, entry: StateEntry): void {
  const [there, here] = [described(held), described(formOf(entry))];
  if (there === here) return;
  throw new Error(
    `compile: the shared state "${entry.name}" is ${there} in the other session, ${here} in this program`,
  );
}

function refuseOverlap(held: readonly { readonly form: StateForm }[], entry: StateEntry): void {
  const names = new Set(partsOf(entry).map(({ name }) => name));
  for (const { form } of held) {
    const twice = (form.parts ?? [form]).find(({ name }) => names.has(name));
    if (twice !== undefined)
      throw new Error(
        `compile: "${twice.name}" lies in the state "${form.name}" of the other session, ` +
          `in "${entry.name}" of this program`,
      );
  }
}

function described({ storage, shape, parts }: StateForm): string {
  const inside = parts?.map((part) => `${part.name} ${formatShape(part.shape)}`).join(', ');
  return `${storage} ${formatShape(shape)}${inside === undefined ? '' : ` of ${inside}`}`;
}
