/** Syntax errors of the YAML reader, in words that say what to change. */
import type { YAMLError } from 'yaml';
import type { ProblemWords } from './problem.ts';

export type SyntaxProblem = ProblemWords & { readonly offset: number };

/** Errors about the layout of lines: one of them mostly brings more on the lines below. */
const layoutCodes: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'TAB_AS_INDENT',
  'UNEXPECTED_TOKEN',
]);

/** One problem for each faulty place: the first of a line, and of adjoining lines that are laid out wrongly. */
export function syntaxProblems(faults: readonly YAMLError[], text: string, lineOf: LineOf): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  let last: FaultyLine = { line: -1, isLayout: false };
  for (const fault of faults.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const current = { line: lineOf(fault.pos[0]), isLayout: layoutCodes.has(fault.code) };
    if (!isSamePlace(last, current)) problems.push({ offset: fault.pos[0], ...explain(fault, text) });
    last = afterFault(last, current);
  }
  return problems;
}

type LineOf = (offset: number) => number;

interface FaultyLine {
  readonly line: number;
  readonly isLayout: boolean;
}

/** A line is laid out wrongly if any of its faults says so. */
function afterFault(last: FaultyLine, { line, isLayout }: FaultyLine): FaultyLine {
  return { line, isLayout: isLayout || (line === last.line && last.isLayout) };
}

function isSamePlace(last: FaultyLine, { line, isLayout }: FaultyLine): boolean {
  return line === last.line || (line === last.line + 1 && isLayout && last.isLayout);
}

function explain(fault: YAMLError, text: string): ProblemWords {
  const { code, message } = fault;
  const [start, end] = fault.pos;
  const line = text.slice(start).split('\n')[0] ?? '';
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return /: /.test(line) ? twoKeys : deeperLine;
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.startsWith('Implicit map keys')) return noKey(line);
  if (code === 'TAG_RESOLVE_FAILED') return unknownTag(text.slice(start, end));
  return byCode[code] ?? byBeginning(message) ?? inYamlWords(message);
}

function unknownTag(written: string): ProblemWords {
  return { expected: 'a plain value', found: `the YAML tag ${written.split(/\s/)[0]}` };
}

function byBeginning(message: string): ProblemWords | undefined {
  return byMessage.find(([beginning]) => message.startsWith(beginning))?.[1];
}

function inYamlWords(message: string): ProblemWords {
  return { expected: 'valid YAML', found: `an error (${message.replace(/\.$/, '')})` };
}

const twoKeys: ProblemWords = {
  expected: 'one key a line',
  found: 'a second "key: value" on the line',
  suggestion: 'put text that contains ": " in quotes, and a nested map in {...} or on lines of its own',
};

const deeperLine: ProblemWords = {
  expected: 'the next line to begin in the column of its section',
  found: 'one that is indented deeper, as if it went on with this value',
  suggestion: 'check the indentation of this line and the next',
};

function noKey(line: string): ProblemWords {
  const expected = 'a key, a colon and a space';
  const [, key, value] = /^\s*([\w.-]+):(\S.*)$/.exec(line) ?? [];
  if (key !== undefined) return { expected, found: line.trim(), suggestion: `write ${key}: ${value}` };
  const [, item] = /^\s*-(\S.*)$/.exec(line) ?? [];
  if (item !== undefined) return { expected: 'a dash and a space', found: line.trim(), suggestion: `write - ${item}` };
  return { expected, found: line.trim() === '' ? 'a line without one' : line.trim() };
}

const byCode: Readonly<Record<string, ProblemWords>> = {
  DUPLICATE_KEY: { expected: 'each key once', found: 'the same key again' },
  TAB_AS_INDENT: { expected: 'spaces', found: 'a tab as indentation', suggestion: 'YAML is indented with spaces only' },
  MULTIPLE_DOCS: { expected: 'one experiment a file', found: 'a second document (---)' },
};

const byMessage: readonly (readonly [string, ProblemWords])[] = [
  [
    'All mapping items',
    {
      expected: 'the keys of a map to begin in the same column',
      found: 'another column',
      suggestion: 'indent this line as the other keys of its section',
    },
  ],
  [
    'All sequence items',
    {
      expected: 'the entries of a list to begin in the same column',
      found: 'another column',
      suggestion: 'indent this line as the other entries of its list',
    },
  ],
  ['Flow map', { expected: 'a closing } of the map', found: 'none before here' }],
  ['Flow sequence', { expected: 'a closing ] of the list', found: 'none before here' }],
  ['Missing closing', { expected: 'a closing quote', found: 'none before here' }],
  [
    'Plain value cannot start',
    {
      expected: 'a value',
      found: 'a character that no plain text may begin with',
      suggestion: 'put the text in quotes',
    },
  ],
  [
    'Unexpected scalar at node end',
    {
      expected: 'the end of the value',
      found: 'more text',
      suggestion: "put the whole text in double quotes, or write '' for an apostrophe inside single quotes",
    },
  ],
];
