/**
 * What the schema refuses, in words for people: zod's issues -> problems, each with an expectation, what was found, and
 * how to write it.
 */
import { z } from 'zod';
import { describeValue, formatPath, hint, type Path, type Problem } from './problem.ts';
import { exclusiveUnits, isNullable, peel, schemasAt, unionOptions, valueAt } from './schema-keys.ts';
import { keyHint, slipOfKey, unknownKey, type Context } from './unknown-key.ts';
import { choiceHint, limitInWords, typeHint, typeInWords } from './value-hints.ts';

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/** Everything that is wrong with `value` by itself. `prefix` is where `value` lies in the experiment. */
export function schemaProblems(root: z.ZodType, value: unknown, prefix: Path = []): readonly Problem[] {
  const result = root.safeParse(value);
  return result.success ? [] : issuesToProblems(result.error.issues, { root, value, prefix });
}

export function issuesToProblems(issues: readonly Issue[], context: Context): readonly Problem[] {
  const slips = new Set(issues.flatMap((issue) => slipsOf(issue, context)));
  const isTold = (issue: Issue): boolean =>
    slips.has(JSON.stringify(issue.path)) && valueAt(context.value, issue.path as Path) === undefined;
  return issues.filter((issue) => !isTold(issue)).flatMap((issue) => issueProblems(issue, context));
}

/** Keys that are missing only because they are misspelt: the misspelt key is the one error to report. */
function slipsOf(issue: Issue, context: Context): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  return issue.keys.flatMap((key) => {
    const meant = slipOfKey(key, issue.path as Path, context);
    return meant === null ? [] : [JSON.stringify([...issue.path, meant])];
  });
}

/** A problem at the place of an issue, its expectation still open. */
interface Place {
  readonly at: Path;
  readonly path: string;
  readonly found: string;
}

function placeOf(path: Path, { value, prefix }: Context): Place {
  const at = [...prefix, ...path];
  return { at, path: formatPath(at), found: describeValue(valueAt(value, path)) };
}

function issueProblems(issue: Issue, context: Context): readonly Problem[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, context));
  const place = placeOf(path, context);
  if (issue.code === 'invalid_union') return unionProblems(issue, place, context);
  return [valueProblem(issue, place, path, context)];
}

function valueProblem(issue: Issue, place: Place, path: Path, context: Context): Problem {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, place, path, context);
    case 'invalid_value':
      return choice(issue.values, place, path, context);
    default:
      return { ...counted(issue, place, path, context), expected: expectedOf(issue) };
  }
}

function expectedOf(issue: Issue): string {
  if (issue.code === 'too_small') return limitInWords(issue, issue.minimum, 'least');
  if (issue.code === 'too_big') return limitInWords(issue, issue.maximum, 'most');
  return issue.code === 'invalid_format' ? issue.message.replace(/^must be /, '') : issue.message;
}

/** A list of the wrong length is described by its length. */
function counted({ code }: Issue, place: Place, path: Path, { value }: Context): Place {
  if (code !== 'too_small' && code !== 'too_big') return place;
  const found = valueAt(value, path);
  return Array.isArray(found) && found.length > 0 ? { ...place, found: `a list of ${found.length}` } : place;
}

function wrongType(type: string, place: Place, path: Path, context: Context): Problem {
  const found = valueAt(context.value, path);
  const isOptional = mayBeNull(path, context);
  const expected = `${typeInWords(type)}${isOptional ? ' or null' : ''}`;
  return { ...place, expected, ...typeHint(type, found, isOptional), ...removalHint(path, found, context) };
}

function choice(values: readonly unknown[], place: Place, path: Path, context: Context): Problem {
  const isOptional = mayBeNull(path, context);
  const words = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  return {
    ...place,
    expected: `${words}${isOptional ? ' or null' : ''}`,
    ...choiceHint(values, valueAt(context.value, path), isOptional),
  };
}

function mayBeNull(path: Path, { root, value }: Context): boolean {
  return schemasAt(root, value, path).some(isNullable);
}

/** `null` where an entry of a record or a list is expected: it takes away what is inherited, and here nothing is. */
function removalHint(path: Path, found: unknown, { root, value }: Context): { suggestion?: string } {
  if (found !== null) return {};
  const isEntry = schemasAt(root, value, path.slice(0, -1)).some((schema) => isRecord(peel(schema)));
  if (isEntry)
    return { suggestion: 'write {} for an empty one; null removes only what is inherited through `extends`' };
  const mayBeEmpty = schemasAt(root, value, path).some((schema) => schema.safeParse([]).success);
  return mayBeEmpty ? { suggestion: 'write [] for an empty list' } : {};
}

function isRecord(schema: z.ZodType): boolean {
  return schema instanceof z.ZodRecord || unionOptions(schema).some((option) => option instanceof z.ZodRecord);
}

function unionProblems(issue: UnionIssue, place: Place, context: Context): readonly Problem[] {
  const path = issue.path as Path;
  if (issue.discriminator !== undefined)
    return [choice((issue as { options?: readonly unknown[] }).options ?? [], place, path, context)];
  const units = schemasAt(context.root, context.value, path)
    .map((schema) => exclusiveUnits(peel(schema)))
    .find((keys) => keys !== null);
  return units ? unitProblems(issue, units, place, context) : optionProblems(issue, place, context);
}

/** The errors of the option that parsed most of the value; where none parsed any of it, all options are named. */
function optionProblems(issue: UnionIssue, place: Place, context: Context): readonly Problem[] {
  const path = issue.path as Path;
  const deeper = deepestOption(issue.errors);
  if (deeper !== null) return issuesToProblems(below(path, deeper), context);
  return [{ ...place, expected: unionWords(issue), ...removalHint(path, valueAt(context.value, path), context) }];
}

/** Issues of a union's option, with the path of the union before theirs. */
function below(path: Path, issues: readonly Issue[]): readonly Issue[] {
  return issues.map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
}

function deepestOption(options: readonly (readonly Issue[])[]): readonly Issue[] | null {
  return (
    options.find(
      (issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 || issue.code === 'too_small'),
    ) ?? null
  );
}

function unionWords(issue: UnionIssue): string {
  const words = issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => {
      if (inner.code === 'invalid_union') return [unionWords(inner)];
      if (inner.code === 'invalid_value') return inner.values.map(String);
      return inner.code === 'invalid_type' ? [typeInWords(inner.expected)] : [];
    }),
  );
  return [...new Set(words)].join(' or ');
}

/** `{steps}` or `{fraction}`: exactly one key, and then that key's own problems. */
function unitProblems(issue: UnionIssue, units: readonly string[], place: Place, context: Context): readonly Problem[] {
  const path = issue.path as Path;
  const found = valueAt(context.value, path);
  const keys = typeof found === 'object' && found !== null ? Object.keys(found) : [];
  const unit = keys.length === 1 ? units.indexOf(keys[0] ?? '') : -1;
  if (unit >= 0) return issuesToProblems(below(path, issue.errors[unit] ?? []), context);
  const expected = `exactly one of ${units.map((name) => `{${name}: ...}`).join(', ')}`;
  return [{ ...place, expected, ...hint(unitHint(keys, units)) }];
}

function unitHint(keys: readonly string[], units: readonly string[]): string | null {
  const hints = keys.filter((key) => !units.includes(key)).map((key) => keyHint(key, units));
  return hints.find((suggestion) => suggestion !== null) ?? null;
}
