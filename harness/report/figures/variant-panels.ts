/**
 * Where every arm of a task varies in an axis of the sweep (the length of training, say), a figure has panels for each
 * value of it, as for each model: lines of one panel differ in their arm alone.
 */
import type { TaskView } from '../view.ts';
import { withoutShared, sharedAxes } from '../variants.ts';

export function variantPanels(view: TaskView): TaskView {
  const axes = sharedAxes(view.cells.map(({ arm, variant }) => ({ arm: arm.id, variant })));
  if (axes.length === 0) return view;
  const cells = view.cells.map((cell) => {
    const { shared, rest } = withoutShared(cell.variant, axes);
    return { ...cell, model: `${cell.model}, ${shared}`, variant: rest };
  });
  return { ...view, cells };
}
