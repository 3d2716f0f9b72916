/** Edits of operators and literals: the token changes, the structure stays. */
import type { AnyNode } from 'acorn';
import type { Edit, Operator, Range } from './edit.ts';
import { isCondition, isSimple, isString, type FunctionSites, type Site } from './site.ts';

const binarySwaps: Readonly<Record<string, readonly [Operator, ...string[]]>> = {
  '<': ['comparison', '<=', '>'],
  '<=': ['comparison', '<', '>='],
  '>': ['comparison', '>=', '<'],
  '>=': ['comparison', '>', '<='],
  '===': ['equality', '!=='],
  '!==': ['equality', '==='],
  '==': ['equality', '!='],
  '!=': ['equality', '=='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/', '+'],
  '/': ['arithmetic', '*', '%'],
  '%': ['arithmetic', '/'],
  '<<': ['arithmetic', '>>'],
  '>>': ['arithmetic', '<<'],
  '>>>': ['arithmetic', '<<'],
  '&': ['arithmetic', '|'],
  '|': ['arithmetic', '&'],
  '^': ['arithmetic', '&'],
  '&&': ['logical', '||'],
  '||': ['logical', '&&'],
  '??': ['logical', '||'],
};

/** No plain `=`: it is so much more frequent than the others that every `+=` would be a mistake. */
const assignmentSwaps: Readonly<Record<string, readonly string[]>> = {
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/=', '+='],
  '/=': ['*='],
  '|=': ['&='],
  '&=': ['|='],
};

export function operatorEdits(sites: FunctionSites): Edit[] {
  return sites.sites.flatMap((site) => [
    ...binaryEdits(sites, site),
    ...updateEdits(sites, site),
    ...assignmentEdits(sites, site),
    ...literalEdits(sites, site),
    ...droppedSigns(sites, site),
    ...addedSigns(sites, site),
    ...awaitEdits(sites, site),
  ]);
}

/** The operator's own range, found behind the left operand and its closing parentheses. */
export function operatorRange(sites: FunctionSites, left: AnyNode, operator: string): Range {
  const start = sites.body.indexOf(operator, sites.at(left.end));
  return { start, end: start + operator.length };
}

function binaryEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return [];
  const [operator, ...others] = binarySwaps[node.operator] ?? [];
  if (operator === undefined || (node.operator === '+' && (isText(node.left) || isText(node.right)))) return [];
  const range = operatorRange(sites, node.left, node.operator);
  return others.map((replacement) => ({ operator, ...range, replacement }));
}

/** `'a' + b` is concatenation: a minus there would be no plausible mistake. */
function isText(node: AnyNode): boolean {
  return (
    isString(node) ||
    node.type === 'TemplateLiteral' ||
    (node.type === 'BinaryExpression' && node.operator === '+' && (isText(node.left) || isText(node.right)))
  );
}

function updateEdits(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'UpdateExpression') return [];
  const [text, other] = [sites.text(node), node.operator === '++' ? '--' : '++'];
  return [sites.replace('increment', node, node.prefix ? other + text.slice(2) : text.slice(0, -2) + other)];
}

function assignmentEdits(sites: FunctionSites, { node, parent }: Site): Edit[] {
  if (node.type !== 'AssignmentExpression' || parent?.type !== 'ExpressionStatement') return [];
  if (node.left.type.endsWith('Pattern')) return [];
  const range = operatorRange(sites, node.left, node.operator);
  const others = assignmentSwaps[node.operator] ?? [];
  return others.map((replacement) => ({ operator: 'assignment', ...range, replacement }));
}

function literalEdits(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  if (node.type !== 'Literal') return [];
  if (typeof node.value === 'boolean') return [sites.replace('boolean', node, String(!node.value))];
  if (typeof node.value === 'number') return numberEdits(sites, site, node.raw ?? '');
  if (!isString(node) || parent?.type === 'ExpressionStatement') return [];
  return sites.strings.filter((other) => other !== node.raw).map((other) => sites.replace('wrong string', node, other));
}

function numberEdits(sites: FunctionSites, site: Site, raw: string): Edit[] {
  const operator = isLoopBound(sites, site) ? 'loop bound' : 'number';
  return neighbours(raw).map((replacement) => sites.replace(operator, site.node, replacement));
}

function isLoopBound(sites: FunctionSites, { parent, grandparent }: Site): boolean {
  if (parent?.type === 'ForStatement' || grandparent?.type === 'ForStatement') return true;
  const isStart = parent?.type === 'VariableDeclarator' && grandparent?.type === 'VariableDeclaration';
  return isStart && isForCounter(sites, grandparent);
}

function isForCounter(sites: FunctionSites, declaration: AnyNode): boolean {
  return sites.sites.some(({ node }) => node.type === 'ForStatement' && node.init === declaration);
}

/** The decimal numbers one above and one below, in the same notation; a literal has no sign, so 0 has one neighbour. */
function neighbours(raw: string): string[] {
  const match = /^(\d{1,9})(\.\d+)?$/.exec(raw);
  if (match === null || (raw.length > 1 && raw.startsWith('0') && match[2] === undefined)) return [];
  const whole = Number(match[1]);
  return (whole > 0 ? [whole + 1, whole - 1] : [whole + 1]).map((value) => `${value}${match[2] ?? ''}`);
}

function droppedSigns(sites: FunctionSites, { node }: Site): Edit[] {
  if (node.type !== 'UnaryExpression' || (node.operator !== '!' && node.operator !== '-')) return [];
  const operand = sites.text(node).slice(1).trimStart();
  return [sites.replace(node.operator === '!' ? 'dropped negation' : 'sign', node, operand)];
}

/** `!` before a condition or a returned value, `-` before a factor. */
function addedSigns(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  if (!isSimple(node)) return [];
  const text = sites.text(node);
  const edits: Edit[] = [];
  if (isCondition(site) || parent?.type === 'ReturnStatement')
    edits.push(sites.replace('added negation', node, `!${text}`));
  const isFactor = parent?.type === 'BinaryExpression' && (parent.operator === '*' || parent.operator === '/');
  if (isFactor) edits.push(sites.replace('sign', node, `-${text}`));
  return edits;
}

function awaitEdits(sites: FunctionSites, { node, parent }: Site): Edit[] {
  if (node.type === 'AwaitExpression') return [sites.replace('dropped await', node, sites.text(node.argument))];
  if (node.type !== 'CallExpression' || !sites.isAsync || parent?.type === 'AwaitExpression') return [];
  return parent?.type === 'ExpressionStatement' || parent?.type === 'VariableDeclarator'
    ? [sites.replace('added await', node, `await ${sites.text(node)}`)]
    : [];
}
