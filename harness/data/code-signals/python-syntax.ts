/** Names, scopes and statements of Python, by the node types of tree-sitter's grammar. */
import type { CodeSyntax, NameUse, Operation } from './code-syntax.ts';
import { enclosing, fieldOf, namedChildren, type CodeNode } from './code-tree.ts';

const functions: ReadonlySet<string> = new Set(['function_definition', 'lambda']);

const comprehensions: ReadonlySet<string> = new Set([
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]);

const scopes: ReadonlySet<string> = new Set([...comprehensions, 'class_definition', 'module']);

/** Nodes that a name can be nested in and still be what is bound. */
const patterns: ReadonlySet<string> = new Set([
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'as_pattern_target',
  'expression_list',
  'tuple',
  'list',
  'list_splat',
]);

const parameterNodes: ReadonlySet<string> = new Set([
  'parameters',
  'lambda_parameters',
  'default_parameter',
  'typed_parameter',
  'typed_default_parameter',
]);

const isFunction = ({ type }: CodeNode): boolean => functions.has(type);
const hasNames = ({ type }: CodeNode): boolean => functions.has(type) || scopes.has(type);
/** Where an assignment puts its names: an assignment inside a comprehension does not exist, `:=` binds outside it. */
const takesAssignments = (node: CodeNode): boolean => hasNames(node) && !comprehensions.has(node.type);

export const pythonSyntax: CodeSyntax = {
  surroundings: [['', '']],
  functions,
  classes: new Set(['class_definition']),
  scopes,
  blocks: new Set(['block']),
  exits: new Set(['return_statement', 'raise_statement', 'break_statement', 'continue_statement']),
  positionless: new Set([]),
  simpleStatements: new Set(['expression_statement', 'raise_statement', 'assert_statement', 'delete_statement']),
  branches: new Set(['if_statement']),
  builtIns: new Set(
    (
      'ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError BufferError ' +
      'ConnectionError DeprecationWarning EOFError Ellipsis Exception FileExistsError FileNotFoundError FutureWarning ' +
      'GeneratorExit IOError ImportError ImportWarning IndexError InterruptedError IsADirectoryError KeyError ' +
      'KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplemented ' +
      'NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError ' +
      'RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration ' +
      'SyntaxError SyntaxWarning SystemError SystemExit TimeoutError TypeError UnicodeDecodeError UnicodeEncodeError ' +
      'UnicodeError UserWarning ValueError Warning ZeroDivisionError __class__ __doc__ __file__ __import__ __name__ ' +
      'abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir ' +
      'divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int ' +
      'isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property ' +
      'range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip'
    ).split(' '),
  ),
  useOf,
  outerNames: (node, text) =>
    node.type === 'global_statement' || node.type === 'nonlocal_statement'
      ? namedChildren(node).map(({ start, end }) => text.slice(start, end))
      : [],
  elseOf: (branch) => {
    const clause = branch.children.find(({ type }) => type === 'else_clause');
    return clause === undefined ? null : fieldOf(clause, 'body');
  },
  operationOf,
};

function operationOf(node: CodeNode): Operation | null {
  if (node.type === 'comparison_operator') return comparison(node);
  if (node.type !== 'binary_operator' && node.type !== 'boolean_operator') return null;
  const [left, operator, right] = [fieldOf(node, 'left'), fieldOf(node, 'operator'), fieldOf(node, 'right')];
  return left !== null && operator !== null && right !== null ? { left, operator, right } : null;
}

function comparison(node: CodeNode): Operation | null {
  const [left, operator, right, ...others] = node.children;
  if (left === undefined || operator === undefined || right === undefined || others.length > 0) return null;
  return { left, operator, right };
}

function useOf(node: CodeNode): NameUse | null {
  if (node.type !== 'identifier') return null;
  const { parent, field } = node;
  if (parent === null) return { action: 'read' };
  switch (parent.type) {
    case 'attribute':
      return field === 'attribute' ? null : { action: 'read' };
    case 'keyword_argument':
      return field === 'name' ? null : { action: 'read' };
    case 'global_statement':
    case 'nonlocal_statement':
      return null;
    case 'function_definition':
    case 'class_definition':
      return field === 'name' ? bound(parent, parent.start) : { action: 'read' };
    case 'dotted_name':
    case 'aliased_import':
      return ofImport(node, parent);
    case 'named_expression':
      return field === 'name' ? bound(parent, startOfWalrus(parent)) : { action: 'read' };
    case 'case_pattern':
    case 'splat_pattern':
      return bound(parent, parent.start);
    case 'keyword_pattern':
      return null;
    default:
      return ofPattern(node) ?? { action: updates(node) ? 'update' : 'read' };
  }
}

/** A name of the function or class around `statement`, which holds from `from` on. */
function bound(statement: CodeNode, from: number): NameUse {
  return { action: 'declare', scope: enclosing(statement, takesAssignments), from };
}

/** What `:=` binds in a condition is read in front of it: `x if (x := f()) else y`, `[x for a in b if (x := a)]`. */
function startOfWalrus(node: CodeNode): number {
  const whole = enclosing(node, ({ type }) => type === 'conditional_expression' || comprehensions.has(type));
  return whole?.start ?? node.end;
}

/** `import a.b` binds `a`; `from a import b` binds `b`; the names of modules are no variables. */
function ofImport(node: CodeNode, parent: CodeNode): NameUse | null {
  const statement = enclosing(node, ({ type }) => type.startsWith('import') || type === 'future_import_statement');
  if (statement === null) return ofCapture(node, parent);
  if (parent.type === 'aliased_import') return node.field === 'alias' ? bound(statement, statement.end) : null;
  if (parent.field !== 'name' || parent.parent?.type === 'aliased_import' || parent.children[0] !== node) return null;
  return bound(statement, statement.end);
}

/** In `case`, a plain name is bound and a dotted one is read. */
function ofCapture(node: CodeNode, name: CodeNode): NameUse | null {
  if (name.parent?.type === 'class_pattern' || name.type !== 'dotted_name') return { action: 'read' };
  if (name.children.length > 1) return name.children[0] === node ? { action: 'read' } : null;
  return enclosing(name, ({ type }) => type === 'case_pattern') === null ? { action: 'read' } : bound(name, name.start);
}

function ofPattern(node: CodeNode): NameUse | null {
  let whole = node;
  while (whole.parent !== null && patterns.has(whole.parent.type)) whole = whole.parent;
  const holder = whole.parent;
  if (holder === null) return null;
  if (parameterNodes.has(holder.type)) return parameter(whole, holder);
  switch (holder.type) {
    case 'assignment':
      return whole.field === 'left' ? bound(holder, holder.end) : null;
    case 'for_statement':
      return whole.field === 'left' ? bound(holder, fieldOf(holder, 'right')?.end ?? holder.start) : null;
    case 'for_in_clause':
      return whole.field === 'left' ? { action: 'declare', scope: holder.parent, from: null } : null;
    case 'as_pattern':
      return whole.field === 'alias' ? bound(holder, holder.end) : null;
    case 'delete_statement':
      return { action: 'write' };
    default:
      return null;
  }
}

function parameter(whole: CodeNode, holder: CodeNode): NameUse | null {
  if (whole.field === 'value' || whole.field === 'type') return null;
  const fn = enclosing(holder, isFunction);
  return fn === null ? null : { action: 'declare', scope: fn, from: null, isParameter: true };
}

/** `x += 1`: it makes a name of the function as every assignment does, but reads it first. */
function updates(node: CodeNode): boolean {
  return node.parent?.type === 'augmented_assignment' && node.field === 'left';
}
