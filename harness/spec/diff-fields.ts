/** The fields that differ between two plain values, by dotted path as in the YAML. */
export interface FieldDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Leaves that differ; `limit` stops early (a caller that looks for the fewest needs no more). `undefined` = the field
 * is not there.
 */
export function diffFields(before: unknown, after: unknown, limit = Infinity): readonly FieldDifference[] {
  const differences: FieldDifference[] = [];
  const visit = (a: unknown, b: unknown, path: string): void => {
    if (Object.is(a, b) || differences.length > limit) return;
    if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) {
      differences.push({ path, before: a, after: b });
      return;
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      visit(a[key], b[key], path === '' ? key : `${path}.${key}`);
  };
  visit(before, after, '');
  return differences;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
