// Size of the harness, a room at a time: files, lines, functions, and how long functions are. Exit 1 past a limit, so
// that growth is a decision.
//   node .ci/measure.mjs [--longest [N]]     --longest: the N longest functions too (20)
//
// A function is a function declaration, a method, an accessor, or a function bound to a name by a variable, a property
// or an assignment. A callback counts as part of the function around it. The size of a function is its source text
// without the indentation of its lines, comments included; a named function inside another one counts in both.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from '@babel/parser';

/** Lines of harness/. Raise it in the commit that needs more, and say why there. */
const LINE_BUDGET = 120_000;
/** Characters of a function at the 90th percentile of all. */
const P90_CHARACTERS = 615;
const COLUMNS = 120;
/** Lines past 120 columns because of one string, template or regular expression, which cannot be broken. */
const UNBREAKABLE_LINES = 138;

const root = path.resolve(import.meta.dirname, '..');
const files = sourcesUnder('harness').map(measureFile);
const rooms = [...new Set(files.map(({ room }) => room))].sort();
const rows = rooms.map((room) =>
  rowOf(
    room,
    files.filter((file) => file.room === room),
  ),
);
printTable([...rows, rowOf('total', files)]);
const longLines = ['harness', 'test', '.ci'].flatMap((folder) => sourcesUnder(folder)).flatMap(longLinesOf);
const breakable = longLines.filter(({ isUnbreakable }) => !isUnbreakable);
const unbreakable = longLines.length - breakable.length;
console.log(`\n${unbreakable} lines over ${COLUMNS} columns hold one long string, template or regular expression`);
if (process.argv.includes('--longest')) printLongest(Number(process.argv.at(-1)) || 20);
failPastLimits();

function sourcesUnder(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/node_modules|^built\b/.test(file))
    .map((file) => path.join(folder, file))
    .sort();
}

function measureFile(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const [, room] = file.split(path.sep);
  return { file, room, lines: text.split('\n').length - 1, functions: functionsOf(file, text) };
}

function functionsOf(file, text) {
  const found = [];
  visit(parseSource(text), null, (node, parent) => {
    if (!isFunction(node, parent)) return;
    const source = text.slice(node.start, node.end);
    const lines = source.split('\n').map((line) => line.trimStart());
    found.push({ place: `${file}:${node.loc.start.line}`, lines: lines.length, characters: lines.join('\n').length });
  });
  return found;
}

function isFunction(node, parent) {
  if (/^(FunctionDeclaration|ObjectMethod|ClassMethod|ClassPrivateMethod)$/.test(node.type)) return true;
  if (!/^(ArrowFunctionExpression|FunctionExpression)$/.test(node.type)) return false;
  return /^(VariableDeclarator|ObjectProperty|ClassProperty|ClassPrivateProperty|AssignmentExpression)$/.test(
    parent.type,
  );
}

function longLinesOf(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const long = text.split('\n').flatMap((line, index) => (line.length > COLUMNS ? [{ line, number: index + 1 }] : []));
  if (long.length === 0) return [];
  const literals = [];
  visit(parseSource(text), null, (node) => {
    if (/^(StringLiteral|TemplateLiteral|RegExpLiteral|TSLiteralType)$/.test(node.type)) literals.push(node.loc);
  });
  return long.map(({ line, number }) => ({
    place: `${file}:${number}`,
    isUnbreakable: literals.some((literal) => line.length - widthOn(literal, line, number) <= COLUMNS),
  }));
}

/** Columns that a literal takes on one line; it may begin or end on another. */
function widthOn({ start, end }, line, number) {
  if (number < start.line || number > end.line) return 0;
  return (end.line === number ? end.column : line.length) - (start.line === number ? start.column : 0);
}

function parseSource(text) {
  return parse(text, { sourceType: 'module', plugins: ['typescript', 'explicitResourceManagement'] }).program;
}

function visit(node, parent, see) {
  see(node, parent);
  for (const child of Object.values(node).flat())
    if (typeof child === 'object' && child !== null && typeof child.type === 'string') visit(child, node, see);
}

function rowOf(room, files) {
  const functions = files.flatMap((file) => file.functions);
  const lines = functions.map((one) => one.lines);
  const characters = functions.map((one) => one.characters);
  return {
    room,
    files: files.length,
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    functions: functions.length,
    'median lines': quantile(lines, 0.5),
    'p90 lines': quantile(lines, 0.9),
    'median chars': quantile(characters, 0.5),
    'p90 chars': quantile(characters, 0.9),
    'longest chars': quantile(characters, 1),
  };
}

/** The smallest value that at least this share of the values does not exceed. */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function printTable(rows) {
  const columns = Object.keys(rows[0]);
  const width = (column) => Math.max(column.length, ...rows.map((row) => String(row[column]).length));
  const cell = (text, column) => (column === 'room' ? text.padEnd(width(column)) : text.padStart(width(column)));
  for (const row of [Object.fromEntries(columns.map((column) => [column, column])), ...rows])
    console.log(columns.map((column) => cell(String(row[column]), column)).join('  '));
}

function printLongest(count) {
  const longest = files.flatMap((file) => file.functions).toSorted((a, b) => b.characters - a.characters);
  console.log('');
  for (const { place, lines, characters } of longest.slice(0, count))
    console.log(`${String(characters).padStart(6)} chars  ${String(lines).padStart(4)} lines  ${place}`);
}

function failPastLimits() {
  const total = rowOf('total', files);
  const problems = breakable.map(({ place }) => `${place}: a line over ${COLUMNS} columns that can be broken`);
  if (total.lines > LINE_BUDGET) problems.push(`${total.lines} lines, the budget is ${LINE_BUDGET}`);
  if (total['p90 chars'] > P90_CHARACTERS)
    problems.push(`the 90th percentile of functions is ${total['p90 chars']} characters, the limit ${P90_CHARACTERS}`);
  if (unbreakable > UNBREAKABLE_LINES)
    problems.push(`${unbreakable} unbreakable lines over ${COLUMNS} columns, the limit is ${UNBREAKABLE_LINES}`);
  if (problems.length === 0) return;
  console.error(problems.map((problem) => `measure: ${problem}`).join('\n'));
  process.exitCode = 1;
}
