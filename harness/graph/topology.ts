/**
 * An order in which every tensor comes after its inputs: depth first from the outputs, so that it depends only on how
 * the program is wired.
 */
import type { Tensor } from './tensor.ts';

export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: deep models would overflow the call stack.
  const stack: { tensor: Tensor; next: number }[] = [];
  const visit = (tensor: Tensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    stack.push({ tensor, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const source = top.tensor.inputs[top.next];
      top.next += 1;
      if (source !== undefined) visit(source);
      else order.push((stack.pop() as typeof top).tensor);
    }
  }
  return order;
}
