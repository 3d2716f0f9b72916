import { describe, expect, it } from 'vitest';
import { isBot, keepsBehaviour, revertsIn, saysFix, saysReviewed } from '../../../harness/data/git/commit-reasons.ts';
import { describeByMessage } from '../../../harness/data/git/message-description.ts';
import { Reverts } from '../../../harness/data/git/reverts.ts';

describe('a message says that something was fixed', () => {
  it.each([
    'Fix crash on empty input',
    'fix(parser): handle a trailing comma',
    'fix!: wrong sign of the gradient',
    'Correct the order of arguments',
    'Bug: off by one in slice',
    'regression in sorting since 1.2',
    'Handle empty list (fixes wrong result)',
    'fix regression in the parser\n\nand a typo in the docs',
    'Do not divide by zero\n\nFixes #123',
    'refactor: one loop less\n\nFixes: owner/project#7',
  ])('%s', (message) => expect(saysFix(message)).toBe(true));

  it.each([
    'Fix typo',
    'fix lint errors',
    'fix: typo in a comment',
    'Fix formatting of the table',
    'fixed indentation',
    'Correct spelling',
    'fix docs build',
    'Fix broken link in the README',
    'fix flake8 warnings',
    'fix tests on Windows',
    'Add prefix option',
    'fixture for the parser',
    'Add suffix and prefix',
    'chore: fix version',
    'refactor: correct naming',
    'docs: fix wrong example',
    'Add feature',
    'Debug output',
    '',
  ])('and not: %s', (message) => expect(saysFix(message)).toBe(false));
});

describe('a message says that reviewers had their say', () => {
  it.each([
    'Do it\n\nReviewed-by: A B <a@b.c>',
    'Address review comments',
    'address feedback from the review',
    'Apply suggestions from code review',
    'PR feedback',
    'Incorporates reviewer suggestions',
    'fix PR comments',
  ])('%s', (message) => expect(saysReviewed(message)).toBe(true));

  it.each(['Add a review page', 'Preview of the plan', 'Reviewed-by:', 'show comments of a post', 'address book'])(
    'and not: %s',
    (message) => expect(saysReviewed(message)).toBe(false),
  );
});

it.each([
  ['refactor: split', true],
  ['Rename variable', true],
  ['clean up the loop', true],
  ['feat: new option', false],
  ['Handle null', false],
  ['fix: null', false],
])('%s keeps the behaviour: %s', (message, keeps) => expect(keepsBehaviour(message)).toBe(keeps));

it.each([
  ['dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>', true],
  ['renovate <bot@renovateapp.com>', true],
  ['Abbott <abbott@example.org>', false],
  ['Robot Smith <rs@example.org>', false],
])('%s is a bot: %s', (author, is) => expect(isBot(author)).toBe(is));

it('finds what a message takes back, by id and by first line', () => {
  const id = '0123456789abcdef0123456789abcdef01234567';
  expect(revertsIn(`Revert "Add x"\n\nThis reverts commit ${id}.`)).toEqual({ ids: [id], subjects: ['Add x'] });
  expect(revertsIn('Revert "Add "quoted" x" (#12)')).toEqual({ ids: [], subjects: ['Add "quoted" x'] });
  expect(revertsIn('Revert to the old way')).toEqual({ ids: [], subjects: [] });
});

describe('what takes back, newest first', () => {
  const id = (digit: string): string => digit.repeat(40);
  const commit = (digit: string, message: string): { id: string; message: string } => ({ id: id(digit), message });

  it('marks the commit behind it', () => {
    const reverts = new Reverts();
    expect(reverts.see(commit('b', `Revert "x"\n\nThis reverts commit ${id('a').slice(0, 9)}.`))).toBe('reverts');
    expect(reverts.see(commit('c', 'y'))).toBe('stands');
    expect(reverts.see(commit('a', 'x'))).toBe('reverted');
  });

  it('counts no more once it is taken back itself', () => {
    const reverts = new Reverts();
    expect(reverts.see(commit('c', `Revert "Revert "x""\n\nThis reverts commit ${id('b')}.`))).toBe('reverts');
    expect(reverts.see(commit('b', `Revert "x"\n\nThis reverts commit ${id('a')}.`))).toBe('reverts');
    expect(reverts.see(commit('a', 'x'))).toBe('stands');
  });

  it('by its first line marks the next of that line alone', () => {
    const reverts = new Reverts();
    reverts.see(commit('c', 'Revert "x"'));
    expect(reverts.see(commit('b', 'x\n\nmore'))).toBe('reverted');
    expect(reverts.see(commit('a', 'x'))).toBe('stands');
  });
});

it.each([
  ['fix(parser): handle a trailing comma (#123)', 'handle a trailing comma'],
  ['[core] JIRA-12: Return the last `item` first', 'Return the last item first'],
  ['Avoid dividing by zero, fixes #7', 'Avoid dividing by zero,'],
  ['bpo-1234: Keep the order of keys', 'Keep the order of keys'],
  ['fix', null],
  ['wip #12', null],
  [`A ${'very '.repeat(40)}long line`, `A ${'very '.repeat(23).trim()} ...`],
])('the first line %s describes as %s', (message, words) => expect(describeByMessage(message)).toBe(words));
