/** Dotted paths below the sections of a trial: what an axis, `select.at` and `select.over` may set. */
import { hint, formatPath, type Path, type Problem } from './problem.ts';
import { pathsEndingIn, unknownPart, type UnknownPath } from './schema-keys.ts';
import type { Assignment } from './section-resolver.ts';
import { nearestWord } from './suggest.ts';
import { sectionNames, type ExperimentFormat, type SectionName } from './format.ts';

export function fullPath({ section, path }: Pick<Assignment, 'section' | 'path'>): string {
  return [section, ...path].join('.');
}

/** Whether a dotted path is the other one or lies below it. */
export function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`);
}

/** Whether one of two dotted paths holds the other: setting one changes what the other says. */
export function overlaps(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

/** What paths are checked against, and where problems go. */
export interface Checking {
  readonly problems: Problem[];
  readonly format: ExperimentFormat;
}

/** The section a dotted path lies in; null (and a problem) where a trial has no such path. */
export function knownSection(
  path: string,
  at: Path,
  { problems, format }: Checking,
  isAxisName = false,
): SectionName | null {
  const segments = path.split('.');
  const unknown = unknownPart(format.trial, segments);
  if (unknown === null) return segments[0] as SectionName;
  problems.push({
    at,
    atKey: true,
    path: formatPath(at.slice(0, -1)),
    expected: expectedPath(segments, unknown, isAxisName),
    found: path === '' ? 'an empty key' : path,
    ...hint(nearestPath(segments, unknown, format)),
  });
  return null;
}

function expectedPath(segments: readonly string[], { depth, allowed }: UnknownPath, isAxisName: boolean): string {
  const before = segments.slice(0, depth).join('.');
  if (depth === 0)
    return (
      `${isAxisName ? 'an axis over a list to be named by a path' : 'a path'} that begins with ` +
      `${sectionNames.join(', ')}`
    );
  return allowed.length === 0
    ? `nothing below ${before}, which has no keys`
    : `one of ${allowed.map((key) => `${before}.${key}`).join(', ')}`;
}

function nearestPath(
  segments: readonly string[],
  { depth, key, allowed }: UnknownPath,
  format: ExperimentFormat,
): string | null {
  const near = nearestWord(key, allowed);
  if (near !== null)
    return `did you mean ${[...segments.slice(0, depth), near, ...segments.slice(depth + 1)].join('.')}?`;
  const elsewhere = pathsEndingIn(format.trial, segments.at(-1) ?? '').slice(0, 3);
  return elsewhere.length === 0 ? null : `did you mean ${elsewhere.join(' or ')}?`;
}
