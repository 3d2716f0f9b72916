/** Names, scopes and statements of JavaScript and TypeScript, by the node types of tree-sitter's grammars. */
import type { CodeSyntax, NameUse, Operation } from './code-syntax.ts';
import { enclosing, fieldOf, namedChildren, type CodeNode } from './code-tree.ts';

const functions: ReadonlySet<string> = new Set([
  'function_declaration',
  'function_expression',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
]);

const blocks: ReadonlySet<string> = new Set(['statement_block', 'switch_case', 'switch_default', 'class_static_block']);

const scopes: ReadonlySet<string> = new Set([
  ...blocks,
  'for_statement',
  'for_in_statement',
  'switch_body',
  'catch_clause',
  'class',
  'class_declaration',
  'program',
]);

const patterns: ReadonlySet<string> = new Set([
  'object_pattern',
  'array_pattern',
  'pair_pattern',
  'rest_pattern',
  'assignment_pattern',
  'object_assignment_pattern',
]);

const parameterNodes: ReadonlySet<string> = new Set(['formal_parameters', 'required_parameter', 'optional_parameter']);
const declarations: ReadonlySet<string> = new Set([
  'function_declaration',
  'generator_function_declaration',
  'class_declaration',
  'enum_declaration',
]);

/** Types of functions: their parameters are no variables. */
const signatures: ReadonlySet<string> = new Set([
  'function_type',
  'constructor_type',
  'call_signature',
  'construct_signature',
  'method_signature',
  'abstract_method_signature',
  'function_signature',
]);

const isScope = ({ type }: CodeNode): boolean => functions.has(type) || scopes.has(type);
const isFunction = ({ type }: CodeNode): boolean => functions.has(type);

export const javascriptSyntax: CodeSyntax = {
  surroundings: [
    ['', ''],
    ['class C extends B {', '\n}'],
    ['({', '\n})'],
  ],
  functions,
  classes: new Set(['class_declaration', 'abstract_class_declaration', 'class']),
  scopes,
  blocks,
  exits: new Set(['return_statement', 'throw_statement', 'break_statement', 'continue_statement']),
  positionless: new Set(['function_declaration', 'generator_function_declaration', 'empty_statement']),
  simpleStatements: new Set(['expression_statement', 'lexical_declaration', 'variable_declaration', 'throw_statement']),
  branches: new Set(['if_statement', 'ternary_expression']),
  builtIns: new Set(
    (
      'Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError ' +
      'FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl JSON Map ' +
      'Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String ' +
      'Symbol SyntaxError TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray ' +
      'WeakMap WeakRef WeakSet arguments clearInterval clearTimeout console decodeURIComponent encodeURIComponent ' +
      'globalThis isFinite isNaN parseFloat parseInt queueMicrotask require setInterval setTimeout structuredClone'
    ).split(' '),
  ),
  useOf,
  outerNames: () => [],
  elseOf: (branch) => {
    const other = fieldOf(branch, 'alternative');
    return other?.type === 'else_clause' ? (namedChildren(other)[0] ?? null) : other;
  },
  operationOf,
};

function operationOf(node: CodeNode): Operation | null {
  if (node.type !== 'binary_expression') return null;
  const [left, operator, right] = [fieldOf(node, 'left'), fieldOf(node, 'operator'), fieldOf(node, 'right')];
  return left !== null && operator !== null && right !== null ? { left, operator, right } : null;
}

function useOf(node: CodeNode): NameUse | null {
  if (node.type === 'shorthand_property_identifier') return { action: 'read' };
  if (node.type !== 'identifier' && node.type !== 'shorthand_property_identifier_pattern') return null;
  const parent = node.parent;
  if (parent === null) return { action: 'read' };
  if (declarations.has(parent.type) && node.field === 'name') return hoisted(parent.parent);
  if (functions.has(parent.type)) return ofFunction(node, parent);
  if (parent.type === 'class' && node.field === 'name') return hoisted(parent);
  return ofPattern(node) ?? { action: updates(node) ? 'update' : 'read' };
}

/** The name of a function expression, or the parameter of `x => x`. */
function ofFunction(node: CodeNode, fn: CodeNode): NameUse | null {
  if (node.field === 'name') return { ...hoisted(fn), isParameter: true };
  return node.field === 'parameter' ? { ...hoisted(fn), isParameter: true } : { action: 'read' };
}

function hoisted(inside: CodeNode | null): NameUse {
  const scope = inside === null || isScope(inside) ? inside : enclosing(inside, isScope);
  return { action: 'declare', scope, from: null };
}

/** What a name does that stands alone or within a pattern, by what surrounds the pattern. Null = it is only read. */
function ofPattern(node: CodeNode): NameUse | null {
  const [whole, holder] = wholePattern(node);
  if (holder === null || isDefault(node)) return null;
  if (parameterNodes.has(holder.type)) return parameter(whole, holder);
  if (holder.type === 'variable_declarator' && whole.field === 'name') return ofDeclarator(holder);
  if (holder.type === 'catch_clause' && whole.field === 'parameter') return hoisted(holder);
  if (holder.type === 'for_in_statement' && whole.field === 'left') return ofForIn(holder);
  if (holder.type === 'assignment_expression' && whole.field === 'left') return { action: 'write' };
  return null;
}

/** The outermost pattern around a name, and what holds it. A computed or a plain key does not count as one. */
function wholePattern(node: CodeNode): readonly [CodeNode, CodeNode | null] {
  let whole = node;
  while (whole.parent !== null && patterns.has(whole.parent.type)) whole = whole.parent;
  return [whole, whole.parent];
}

/** The `c` of `{ a = c }`, `[b = c]` and `(a = c) => a`: read, though it stands within a pattern. */
function isDefault(node: CodeNode): boolean {
  return (
    (node.parent?.type === 'assignment_pattern' || node.parent?.type === 'object_assignment_pattern') &&
    node.field === 'right'
  );
}

function parameter(whole: CodeNode, holder: CodeNode): NameUse | null {
  // The default of a typed parameter is its field `value`.
  if (holder.type !== 'formal_parameters' && whole.field !== 'pattern') return null;
  const fn = enclosing(holder, ({ type }) => functions.has(type) || signatures.has(type));
  return fn === null || signatures.has(fn.type)
    ? null
    : { action: 'declare', scope: fn, from: null, isParameter: true };
}

function ofDeclarator(declarator: CodeNode): NameUse {
  const isVar = declarator.parent?.type === 'variable_declaration';
  const scope = enclosing(declarator, isVar ? isFunction : isScope);
  return { action: 'declare', scope, from: declarator.end };
}

function ofForIn(loop: CodeNode): NameUse {
  const kind = fieldOf(loop, 'kind');
  if (kind === null) return { action: 'write' };
  const scope = kind.type === 'var' ? enclosing(loop, isFunction) : loop;
  return { action: 'declare', scope, from: fieldOf(loop, 'right')?.end ?? loop.start };
}

/** `i++` and `i += 1` where nobody reads the result. */
function updates(node: CodeNode): boolean {
  const parent = node.parent;
  if (parent?.type !== 'update_expression' && parent?.type !== 'augmented_assignment_expression') return false;
  if (node.field !== 'argument' && node.field !== 'left') return false;
  return parent.parent?.type === 'expression_statement' || parent.field === 'increment';
}
