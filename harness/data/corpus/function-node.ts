import type { AnyNode, ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** A declaration without a name (`export default function () {}`) counts too: its `id` is null. */
export function isFunctionNode(node: AnyNode): node is Extract<AnyNode, { type: FunctionNode['type'] }> {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}
