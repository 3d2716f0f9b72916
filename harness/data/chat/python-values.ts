/** Values of a template as Python prints and compares them. */
import type { Value } from './jinja.ts';

/** As `str`. @throws Error for a list or a map, which Python would write in its own notation. */
export function asText(value: Value): string {
  if (value.type === 'UndefinedValue') return '';
  if (value.type === 'NullValue') return 'None';
  if (value.type === 'BooleanValue') return value.value === true ? 'True' : 'False';
  if (['StringValue', 'IntegerValue', 'FloatValue'].includes(value.type)) return value.toString();
  throw new Error('a list or a map is printed as text');
}

/** What `if` takes for true. */
export function isTrue({ type, value }: Value): boolean {
  if (type === 'UndefinedValue' || type === 'NullValue') return false;
  if (Array.isArray(value)) return value.length > 0;
  return value instanceof Map ? value.size > 0 : Boolean(value);
}

/** By value at any depth; true is 1, and nothing but itself is None, or undefined. */
export function equal(left: Value, right: Value): boolean {
  if (Array.isArray(left.value) && Array.isArray(right.value)) return equalLists(left.value, right.value);
  if (left.value instanceof Map && right.value instanceof Map) return equalMaps(left.value, right.value);
  if (left.value === undefined || right.value === undefined) return left.type === right.type;
  return asNumber(left) === asNumber(right);
}

function equalLists(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((one, index) => equal(one, right[index] as Value));
}

function equalMaps(left: ReadonlyMap<string, Value>, right: ReadonlyMap<string, Value>): boolean {
  return (
    left.size === right.size && [...left].every(([key, one]) => right.has(key) && equal(one, right.get(key) as Value))
  );
}

function asNumber({ value }: Value): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}
