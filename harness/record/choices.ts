/** What a `select` stage committed: the hyperparameters that were chosen on the dev split. */
import { damagedFile, isRecord, recordOf } from '../store/index.ts';

/** What a hyperparameter may be. */
export type ChoiceValue = string | number | boolean | null;

/** Path in the experiment (`finetune.optimizer.learningRate`) -> chosen value. Throws `UserError` (exit 4). */
export function readChoices(bytes: Uint8Array, path: string): ReadonlyMap<string, ChoiceValue> {
  const values = recordOf(parse(bytes, path), 'values');
  if (values === null) throw damagedFile(path, 'values is missing');
  return new Map(
    Object.entries(values).map(([name, value]) => {
      if (isChoiceValue(value)) return [name, value];
      throw damagedFile(path, `values.${name} is neither a text, a number, true, false nor null`);
    }),
  );
}

function isChoiceValue(value: unknown): value is ChoiceValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function parse(bytes: Uint8Array, path: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw damagedFile(path, 'not valid JSON', cause);
  }
  if (isRecord(json)) return json;
  throw damagedFile(path, 'not a JSON object');
}
