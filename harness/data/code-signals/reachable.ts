/** Statements that can never run, conditions that are decided before they are asked, and other code without effect. */
import type { CodeSyntax } from './code-syntax.ts';
import { fieldOf, isComment, namedChildren, nodesBelow, type CodeNode } from './code-tree.ts';

/** The statements of a block that run one after the other; of a `case` those behind its colon. */
export function statementsOf(block: CodeNode): readonly CodeNode[] {
  return block.children.filter((child) => child.isNamed && !isComment(child) && child.field !== 'value');
}

/** The first statement of each row of statements that can never run. */
export function unreachableStatements(fn: CodeNode, syntax: CodeSyntax): readonly CodeNode[] {
  return blocksBelow(fn, syntax).flatMap((block) => {
    const statements = statementsOf(block).filter(({ type }) => !syntax.positionless.has(type));
    const exit = statements.findIndex((statement) => exits(statement, syntax));
    const next = exit === -1 ? undefined : statements[exit + 1];
    return next === undefined ? [] : [next];
  });
}

function blocksBelow(fn: CodeNode, syntax: CodeSyntax): readonly CodeNode[] {
  return nodesBelow(fn).filter(({ type }) => syntax.blocks.has(type));
}

/** Whether nothing behind the statement, in its block, can run. Loops and `switch` are taken to end. */
export function exits(statement: CodeNode, syntax: CodeSyntax): boolean {
  if (syntax.exits.has(statement.type)) return true;
  if (syntax.blocks.has(statement.type)) return statementsOf(statement).some((inner) => exits(inner, syntax));
  if (syntax.branches.has(statement.type)) return allBranchesExit(statement, syntax);
  return statement.type === 'try_statement' && tryExits(statement, syntax);
}

function allBranchesExit(branch: CodeNode, syntax: CodeSyntax): boolean {
  const other = syntax.elseOf(branch);
  if (other === null || !exits(other, syntax)) return false;
  return consequencesOf(branch).every((consequence) => exits(consequence, syntax));
}

/** What runs for each condition: one in JavaScript, several with `elif`. */
function consequencesOf(branch: CodeNode): readonly CodeNode[] {
  return [branch, ...branch.children.filter(({ type }) => type === 'elif_clause')].flatMap((node) => {
    const consequence = fieldOf(node, 'consequence');
    return consequence === null ? [] : [consequence];
  });
}

function tryExits(statement: CodeNode, syntax: CodeSyntax): boolean {
  const [body, ...clauses] = namedChildren(statement);
  const blocks = clauses.map((clause) => namedChildren(clause).find(({ type }) => syntax.blocks.has(type)));
  const last = clauses.at(-1);
  if (last?.type === 'finally_clause' && endsInExit(blocks.at(-1), syntax)) return true;
  const handlers = blocks.filter((_, index) => clauses[index]?.type !== 'finally_clause');
  return endsInExit(body, syntax) && handlers.every((block) => endsInExit(block, syntax));
}

function endsInExit(block: CodeNode | undefined, syntax: CodeSyntax): boolean {
  return block !== undefined && exits(block, syntax);
}

/**
 * Branches of which one can never be taken, or that do not matter: a condition that is `true` or `false`, one that an
 * earlier `else if` has asked already, and two branches with the same text.
 */
export function deadBranches(fn: CodeNode, syntax: CodeSyntax, text: string): readonly CodeNode[] {
  return nodesBelow(fn).filter((node) => {
    if (node.type === 'conditional_expression') return isSameText(node.children[0], node.children.at(-1), text);
    if (!syntax.branches.has(node.type)) return false;
    const other = syntax.elseOf(node);
    const isSame = other !== null && consequencesOf(node).some((branch) => isSameText(branch, other, text));
    const conditions = conditionsOf(node, syntax).map(({ start, end }) => text.slice(start, end));
    return isSame || conditions.some(isConstant) || new Set(conditions).size < conditions.length;
  });
}

function isConstant(condition: string): boolean {
  return /^\(?\s*(?:true|false|True|False)\s*\)?$/.test(condition);
}

/** Of an `if` and the `else if`s behind it. */
function conditionsOf(branch: CodeNode, syntax: CodeSyntax): readonly CodeNode[] {
  const clauses = [branch, ...branch.children.filter(({ type }) => type === 'elif_clause')];
  const own = clauses.flatMap((clause) => fieldOf(clause, 'condition') ?? []);
  const other = syntax.elseOf(branch);
  return other !== null && other.type === branch.type ? [...own, ...conditionsOf(other, syntax)] : own;
}

/** Simple statements that repeat the one before them word for word. */
export function repeatedStatements(fn: CodeNode, syntax: CodeSyntax, text: string): readonly CodeNode[] {
  return blocksBelow(fn, syntax).flatMap((block) =>
    statementsOf(block).filter((statement, index, all) => {
      const before = all[index - 1];
      return syntax.simpleStatements.has(statement.type) && isSameText(before, statement, text);
    }),
  );
}

const operatorsOfTwoThings = new Set(
  '== != === !== < <= > >= && || ?? and or is in - / % & | ^'.split(' ').concat('is not', 'not in', '//'),
);

/** `x = x`, `x === x`, `x - x`: assignments and operations of a thing with itself. */
export function selfOperations(fn: CodeNode, syntax: CodeSyntax, text: string): readonly CodeNode[] {
  return nodesBelow(fn).filter((node) => {
    if (node.type === 'assignment' || node.type === 'assignment_expression')
      return isSameText(fieldOf(node, 'left') ?? undefined, fieldOf(node, 'right') ?? undefined, text);
    const operation = syntax.operationOf(node);
    if (operation === null) return false;
    const operator = text.slice(operation.operator.start, operation.operator.end);
    return operatorsOfTwoThings.has(operator) && isSameText(operation.left, operation.right, text);
  });
}

function isSameText(a: CodeNode | undefined, b: CodeNode | undefined, text: string): boolean {
  return a !== undefined && b !== undefined && text.slice(a.start, a.end) === text.slice(b.start, b.end);
}
