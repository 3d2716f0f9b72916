/** How many test prompts are new, and which tasks are controls because too few are. */
import { mostRenamed } from '../data/tasks/novelty.ts';
import { recordedValues } from './estimate.ts';
import { count } from '../text/index.ts';
import { percent } from './format.ts';
import type { TaskView } from './view.ts';

/** Over all trials of the task. */
export interface RecordedNovelty {
  readonly trainForms: number;
  readonly testForms: number;
  /** null: there are no such questions. */
  readonly renamedTest: number | null;
  readonly renamedPool: number | null;
}

/** The least novelty that is recorded for the task; null where none is. */
export function noveltyOfTask({ cells }: Pick<TaskView, 'cells'>): RecordedNovelty | null {
  const valuesOf = (name: string): readonly number[] => recordedValues(cells, `novelty/${name}`);
  const trainForms = valuesOf('train_forms');
  if (trainForms.length === 0) return null;
  const most = (name: string): number | null => {
    const values = valuesOf(name);
    return values.length === 0 ? null : Math.max(...values);
  };
  return {
    trainForms: Math.min(...trainForms),
    testForms: Math.min(...valuesOf('test_forms')),
    renamedTest: most('renamed_test_share'),
    renamedPool: most('renamed_pool_share'),
  };
}

/** Whether too many of its test prompts are known from the training; false where that is not recorded. */
export function isControl(view: Pick<TaskView, 'cells'>): boolean {
  return (noveltyOfTask(view)?.renamedTest ?? 0) > mostRenamed;
}

export function controlNote(view: Pick<TaskView, 'task' | 'cells'>): readonly string[] {
  const novelty = noveltyOfTask(view);
  if (novelty === null || !isControl(view)) return [];
  return [
    `${view.task} is a control: ${percent(novelty.renamedTest ?? 0)} % of its test prompts are training prompts with ` +
      `other names and numbers (${count(novelty.trainForms)} forms in training), and a claim may rest on a task with ` +
      `at most ${percent(mostRenamed)} %. What is learned here may be the forms.`,
  ];
}
