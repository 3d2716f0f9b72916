/**
 * What the schema refuses, in words for people: zod's issues -> problems with an expectation, what was found and the
 * likely slip.
 */
import { z } from 'zod';
import { describeValue, formatPath, type Path, type Problem } from './problem.ts';
import { allowedKeys, exclusiveUnits, fieldOf, kindsWithKey, pathsEndingIn, peel, schemasAt } from './schema-keys.ts';
import { didYouMean } from './suggest.ts';

type Issue = z.core.$ZodIssue;

interface Context {
  readonly root: z.ZodType;
  readonly value: unknown;
  readonly prefix: Path;
}

/** Everything that is wrong with `value` by itself. `prefix` is where `value` lies in the experiment. */
export function schemaProblems(root: z.ZodType, value: unknown, prefix: Path = []): readonly Problem[] {
  const result = root.safeParse(value);
  return result.success ? [] : issuesToProblems(result.error.issues, { root, value, prefix });
}

export function issuesToProblems(issues: readonly Issue[], context: Context): readonly Problem[] {
  return issues.flatMap((issue) => issueProblems(issue, context));
}

function issueProblems(issue: Issue, context: Context): readonly Problem[] {
  const path = issue.path as Path;
  const found = valueAt(context.value, path);
  const full = [...context.prefix, ...path];
  const base = { at: full, path: formatPath(full), found: describeValue(found) };
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, context));
    case 'invalid_union':
      return unionProblems(issue, path, found, context);
    case 'invalid_type':
      return [{ ...base, expected: typeWords[issue.expected] ?? issue.expected, ...typeHint(issue.expected, found) }];
    case 'invalid_value':
      return [choice(base, issue.values.map(String), found)];
    case 'too_small':
      return [{ ...base, expected: limit(issue.origin, issue.minimum, issue.inclusive, 'least') }];
    case 'too_big':
      return [{ ...base, expected: limit(issue.origin, issue.maximum, issue.inclusive, 'most') }];
    case 'invalid_format':
      return [{ ...base, expected: issue.message.replace(/^must be /, '') }];
    default:
      return [{ ...base, expected: issue.message }];
  }
}

const typeWords: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  null: 'null',
};

function typeHint(expected: string, found: unknown): { suggestion?: string } {
  if ((expected === 'number' || expected === 'int') && typeof found === 'string') {
    const digits = found.replaceAll(/[_, ]/g, '');
    if (digits !== found && digits !== '' && Number.isFinite(Number(digits)))
      return { suggestion: `YAML reads ${found} as text: write ${digits}` };
    if (found !== '' && Number.isFinite(Number(found))) return { suggestion: 'write it without quotes' };
  }
  return expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')
    ? { suggestion: 'put it in quotes' }
    : {};
}

function choice(base: { at: Path; path: string; found: string }, values: readonly string[], found: unknown): Problem {
  const near = typeof found === 'string' ? didYouMean(found, values) : null;
  return {
    ...base,
    expected: values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`,
    ...(near === null ? {} : { suggestion: near }),
  };
}

function limit(origin: string, bound: number | bigint, inclusive: boolean | undefined, word: 'least' | 'most'): string {
  if (origin === 'string') return bound === 1 ? 'some text' : `at ${word} ${bound} characters`;
  if (origin === 'array') return `a list of at ${word} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return inclusive === false
    ? `a number ${word === 'least' ? 'greater' : 'less'} than ${bound}`
    : `a number of at ${word} ${bound}`;
}

function unknownKey(key: string, path: Path, { root, value, prefix }: Context): Problem {
  const holder = valueAt(value, path);
  const schemas = schemasAt(root, value, path);
  const allowed = [...new Set(schemas.flatMap((schema) => allowedKeys(schema, holder)))];
  const kinds = [...new Set(schemas.flatMap((schema) => kindsWithKey(schema, key)))];
  const kind = fieldOf(holder, 'kind');
  const full = [...prefix, ...path, key];
  const expected =
    typeof kind === 'string' && kinds.length > 0
      ? `the keys of kind ${kind}: ${allowed.join(', ')}`
      : `one of the keys ${allowed.join(', ')}`;
  const suggestion =
    kinds.length > 0
      ? `${key} is a field of kind ${kinds.join(' or ')}`
      : (didYouMean(key, allowed) ?? misplaced(root, key, prefix));
  return {
    at: full,
    atKey: true,
    path: formatPath(full),
    expected,
    found: `the unknown key ${key}`,
    ...(suggestion === null ? {} : { suggestion }),
  };
}

function misplaced(root: z.ZodType, key: string, prefix: Path): string | null {
  const places = pathsEndingIn(root, key)
    .slice(0, 3)
    .map((place) => [...prefix, ...place.split('.').slice(0, -1)].join('.') || 'the top level');
  return places.length === 0 ? null : `${key} belongs to ${places.join(' or ')}`;
}

function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  found: unknown,
  context: Context,
): readonly Problem[] {
  const full = [...context.prefix, ...path];
  const base = { at: full, path: formatPath(full), found: describeValue(found) };
  if (issue.discriminator !== undefined) {
    const options = (issue as { options?: readonly unknown[] }).options ?? [];
    return [choice(base, options.map(String), found)];
  }
  const units = schemasAt(context.root, context.value, path)
    .map((schema) => exclusiveUnits(peel(schema)))
    .find((keys) => keys !== null);
  if (units) return unitProblems(issue, units, { base, path, found, context });
  const deeper = deepestOption(issue.errors);
  // The option that understood most of the value tells what is wrong in it; where none got inside, all are named.
  if (deeper !== null)
    return issuesToProblems(
      deeper.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
      context,
    );
  return [{ ...base, expected: unionWords(issue) }];
}

function deepestOption(options: readonly (readonly Issue[])[]): readonly Issue[] | null {
  return (
    options.find(
      (issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 || issue.code === 'too_small'),
    ) ?? null
  );
}

function unionWords(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const words = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => {
      if (inner.code === 'invalid_union') return [unionWords(inner)];
      return inner.code === 'invalid_type' ? [typeWords[inner.expected] ?? inner.expected] : [];
    }),
  );
  return [...new Set(words)].join(' or ');
}

interface UnitsFound {
  readonly base: { at: Path; path: string; found: string };
  readonly path: Path;
  readonly found: unknown;
  readonly context: Context;
}

/** `{steps}` or `{fraction}`: exactly one key, and then that key's own problems. */
function unitProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  units: readonly string[],
  { base, path, found, context }: UnitsFound,
): readonly Problem[] {
  const keys = typeof found === 'object' && found !== null ? Object.keys(found) : [];
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && units.includes(only)) {
    const own = issue.errors[units.indexOf(only)] ?? [];
    return issuesToProblems(
      own.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
      context,
    );
  }
  const near = keys
    .filter((key) => !units.includes(key))
    .map((key) => didYouMean(key, units))
    .find((hint) => hint !== null);
  return [
    {
      ...base,
      expected: `exactly one of ${units.map((unit) => `{${unit}: ...}`).join(', ')}`,
      ...(near ? { suggestion: near } : {}),
    },
  ];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, part) => fieldOf(node, part), value);
}
