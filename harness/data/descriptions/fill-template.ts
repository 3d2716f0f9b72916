/** Texts with places in them: `{signature}`. */

/** Names of the places, in order, each once. */
export function placesOf(template: string): readonly string[] {
  return [...new Set([...template.matchAll(place)].map(([, name]) => name as string))];
}

const place = /\{(\w+)\}/g;

/**
 * The text with its places filled. A line that names something that is not there (null) is left out with its line
 * break; so one template serves functions with and without a description.
 * @throws Error for a place that is not among `values`: rules refuse it first.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string | null>>): string {
  const lines = template.split('\n').filter((line) => placesOf(line).every((name) => valueOf(values, name) !== null));
  return lines.map((line) => line.replaceAll(place, (_, name: string) => valueOf(values, name) ?? '')).join('\n');
}

function valueOf(values: Readonly<Record<string, string | null>>, name: string): string | null {
  const value = values[name];
  if (value === undefined) throw new Error(`the template names {${name}}; there are ${Object.keys(values).join(', ')}`);
  return value;
}
