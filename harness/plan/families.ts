/**
 * Families of stages: those that differ in nothing but seeds, their own or those of what they read. They do equal work,
 * so a forecast over the thousands of stages of a sweep works out a few dozen.
 */
import { Remembered } from './remembered.ts';
import type { PlannedStage } from './stage.ts';

/**
 * Stage id -> number of its family. Sections are compared as objects, as a plan shares them: stages of two plans are
 * never of one family.
 *
 * @param stages Inputs before those who use them.
 * @param isAlone Says of a stage that it has a family of its own.
 */
export function familiesOf(
  stages: readonly PlannedStage[],
  isAlone: (stage: PlannedStage) => boolean,
): ReadonlyMap<string, number> {
  const sections = new Remembered();
  const numbers = new Map<string, number>();
  const families = new Map<string, number>();
  for (const stage of stages) {
    const key = isAlone(stage) ? stage.id : keyOf(stage, families, sections);
    const family = numbers.get(key) ?? numbers.size;
    numbers.set(key, family);
    families.set(stage.id, family);
  }
  return families;
}

function keyOf(
  { kind, config, locations, inputs, cost }: PlannedStage,
  families: ReadonlyMap<string, number>,
  sections: Remembered,
): string {
  let key = `${kind} ${sections.key([cost, locations ?? null])}`;
  for (const [name, value] of Object.entries(config)) if (name !== 'seed') key += ` ${name} ${sections.key([value])}`;
  for (const [name, id] of Object.entries(inputs)) key += ` ${name} ${families.get(id) ?? id}`;
  return key;
}
