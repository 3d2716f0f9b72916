/**
 * What a commit's message says about whether its change is better than what was there before. Words are weak evidence:
 * what counts is chosen so that a change that says nothing about behaviour does not.
 */

/** Why a change counts as better; `reverted`: as worse. */
export const changeReasons = ['fix', 'review', 'test', 'reverted'] as const;
export type ChangeReason = (typeof changeReasons)[number];

const fixWords =
  /\b(?:fix(?:es|ed|ing)?|hot ?fix|bugs?|bug-?fix(?:es)?|correct(?:s|ed|ing|ly)?|incorrect(?:ly)?|wrong(?:ly)?|broken|regressions?|crash(?:es|ed|ing)?|off[- ]by[- ]one|(?:memory )?leaks?|deadlocks?|overflows?|race conditions?)\b/i;

/** What is fixed there is no behaviour of the function. */
const otherFixes =
  /\b(?:fix(?:es|ed|ing)?|correct(?:s|ed|ing)?|wrong|incorrect|broken)\b[^.;]{0,40}?\b(?:typos?|spelling|grammar|wording|lint(?:ing|er)?|eslint|flake8|pylint|ruff|mypy|pyright|prettier|black|format(?:ting)?|style|whitespaces?|indent(?:ation|s)?|comments?|docs?|documentation|docstrings?|jsdoc|readme|changelog|licen[sc]e|copyright|imports?|typings?|type (?:hints?|annotations?|errors?)|annotations?|warnings?|tests?|specs?|ci|builds?|links?|names?|naming|merge(?: conflicts?)?|rebase|version)\b/gi;

/** Conventional commits (conventionalcommits.org) say their sort themselves. */
const conventional = /^(\w+)(?:\([^)]*\))?!?:\s/;
const fixTypes: ReadonlySet<string> = new Set(['fix', 'bugfix', 'hotfix', 'bug', 'security']);
const otherTypes: ReadonlySet<string> = new Set([
  'feat',
  'docs',
  'doc',
  'style',
  'refactor',
  'perf',
  'test',
  'tests',
  'build',
  'ci',
  'chore',
  'lint',
  'release',
  'wip',
  'deps',
  'types',
  'typo',
]);

export function saysFix(message: string): boolean {
  const [subject = ''] = message.split('\n', 1);
  const type = conventional.exec(subject)?.[1]?.toLowerCase();
  const closesBug = /^\s*fix(?:es|ed)?(?::\s*|\s+)(?:#\d+|gh-\d+|[\w.-]+\/[\w.-]+#\d+)/im.test(message);
  if (type !== undefined && otherTypes.has(type)) return closesBug;
  const words = subject.replace(conventional, '');
  const behaviour = words.replaceAll(otherFixes, '');
  if (type !== undefined && fixTypes.has(type)) return !new RegExp(otherFixes, 'i').test(`fix ${words}`);
  return fixWords.test(behaviour) || (closesBug && behaviour === words);
}

const sameBehaviour =
  /^(?:refactor|rename|clean(?:s|ed|ing)?[ -]?up|tidy|simplif(?:y|ies|ied)|move|extract|reformat|restructure|reorgani[sz]e)\b/i;

/** What a change of the tests beside it says nothing about: the code is to do the same as before. */
export function keepsBehaviour(message: string): boolean {
  const [subject = ''] = message.split('\n', 1);
  const type = conventional.exec(subject)?.[1]?.toLowerCase();
  return (
    (type !== undefined && type !== 'feat' && otherTypes.has(type)) ||
    sameBehaviour.test(subject.replace(conventional, ''))
  );
}

const reviewed = [
  /^reviewed-by:\s*\S/im,
  /\b(?:address|apply|appl(?:y|ies)|incorporat|respond|react|resolv)\w*\b[^.\n]{0,40}\b(?:reviews?|reviewers?|feedback|suggestions?)\b/i,
  /\b(?:address|resolv|fix)\w*\b[^.\n]{0,20}\b(?:PR|CR|MR|pull request|code review)\b[^.\n]{0,20}\bcomments?\b/i,
  /\b(?:PR|CR|MR|code review|review) (?:feedback|comments?|fixes|suggestions?)\b/i,
  /\b(?:as|per) (?:suggested|requested) (?:by|in)\b[^.\n]{0,40}\breview/i,
];

export function saysReviewed(message: string): boolean {
  return reviewed.some((pattern) => pattern.test(message));
}

/** Ids, or their beginnings, and first lines of the commits that a message takes back. */
export function revertsIn(message: string): { readonly ids: readonly string[]; readonly subjects: readonly string[] } {
  const ids = [...message.matchAll(/\bthis reverts (?:commits? )?([0-9a-f]{7,40})\b/gi)].map(([, id = '']) => id);
  const [subject = ''] = message.split('\n', 1);
  const quoted = /^revert:? "(.*)"(?: \(#\d+\))?$/i.exec(subject.trim())?.[1];
  return { ids: ids.map((id) => id.toLowerCase()), subjects: quoted === undefined ? [] : [quoted] };
}

const bots =
  /\[bot\]|\b(?:dependabot|renovate|greenkeeper|github-actions|pre-commit-ci|snyk-bot|semantic-release|mergify|allcontributors|imgbot|pyup|weblate|transifex)\b|\bbot@/i;

/** @param author `Name <address>`. */
export function isBot(author: string): boolean {
  return bots.test(author);
}
