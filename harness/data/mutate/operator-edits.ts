/** Edits of operators and literals: the token changes, the structure stays. */
import type { AnyNode } from 'acorn';
import type { Edit, Operator } from './edit.ts';
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
    ...assignmentEdits(sites, site),
    ...literalEdits(sites, site),
    ...unaryEdits(sites, site),
    ...awaitEdits(sites, site),
  ]);
}

/** The operator's own range, found behind the left operand and its closing parentheses. */
export function operatorRange(sites: FunctionSites, left: AnyNode, operator: string): { start: number; end: number } {
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

function assignmentEdits(sites: FunctionSites, { node, parent }: Site): Edit[] {
  if (node.type === 'UpdateExpression') {
    const other = node.operator === '++' ? '--' : '++';
    return [
      sites.replace(
        'increment',
        node,
        node.prefix ? other + sites.text(node).slice(2) : sites.text(node).slice(0, -2) + other,
      ),
    ];
  }
  if (
    node.type !== 'AssignmentExpression' ||
    parent?.type !== 'ExpressionStatement' ||
    node.left.type.endsWith('Pattern')
  )
    return [];
  const range = operatorRange(sites, node.left, node.operator);
  return (assignmentSwaps[node.operator] ?? []).map((replacement) => ({
    operator: 'assignment' as const,
    ...range,
    replacement,
  }));
}

function literalEdits(sites: FunctionSites, { node, parent, grandparent }: Site): Edit[] {
  if (node.type !== 'Literal') return [];
  if (typeof node.value === 'boolean') return [sites.replace('boolean', node, String(!node.value))];
  if (typeof node.value === 'number') {
    const isBound =
      parent?.type === 'ForStatement' ||
      grandparent?.type === 'ForStatement' ||
      (parent?.type === 'VariableDeclarator' &&
        grandparent?.type === 'VariableDeclaration' &&
        isForCounter(sites, grandparent));
    return neighbours(node.raw ?? '').map((replacement) =>
      sites.replace(isBound ? 'loop bound' : 'number', node, replacement),
    );
  }
  if (!isString(node) || parent?.type === 'ExpressionStatement') return [];
  return sites.strings.filter((other) => other !== node.raw).map((other) => sites.replace('wrong string', node, other));
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

function unaryEdits(sites: FunctionSites, site: Site): Edit[] {
  const { node, parent } = site;
  if (node.type === 'UnaryExpression' && node.operator === '!')
    return [sites.replace('dropped negation', node, sites.text(node).slice(1).trimStart())];
  if (node.type === 'UnaryExpression' && node.operator === '-')
    return [sites.replace('sign', node, sites.text(node).slice(1).trimStart())];
  const edits: Edit[] = [];
  if (isSimple(node) && (isCondition(site) || parent?.type === 'ReturnStatement'))
    edits.push(sites.replace('added negation', node, `!${sites.text(node)}`));
  const isFactor = parent?.type === 'BinaryExpression' && (parent.operator === '*' || parent.operator === '/');
  if (isFactor && isSimple(node)) edits.push(sites.replace('sign', node, `-${sites.text(node)}`));
  return edits;
}

function awaitEdits(sites: FunctionSites, { node, parent }: Site): Edit[] {
  if (node.type === 'AwaitExpression') return [sites.replace('dropped await', node, sites.text(node.argument))];
  if (node.type !== 'CallExpression' || !sites.isAsync || parent?.type === 'AwaitExpression') return [];
  return parent?.type === 'ExpressionStatement' || parent?.type === 'VariableDeclarator'
    ? [sites.replace('added await', node, `await ${sites.text(node)}`)]
    : [];
}
