/** Which part of a test is new to whoever has seen the training questions. */
import { mostRenamed } from '../../data/tasks/novelty.ts';
import { count } from '../../text/index.ts';
import { dash, percent } from '../format.ts';
import { isControl, noveltyOfTask, type RecordedNovelty } from '../novelty.ts';
import { taskViews, type TableKind } from '../view.ts';
import type { TableNumber } from './numbers.ts';

export const noveltyTable: TableKind = {
  id: 'novelty',
  scope: 'experiment',
  isFolded: false,
  draw: (view) => {
    const tasks = taskViews(view).flatMap((own) => {
      const novelty = noveltyOfTask(own);
      return novelty === null ? [] : [{ task: own.task, novelty, isControl: isControl(own) }];
    });
    return {
      title: 'Novelty of the test prompts',
      columns: [
        'task',
        'renamed test prompts',
        'renamed pool prompts',
        'forms in training',
        'forms in test',
        'serves as',
      ],
      rows: tasks.map(({ task, novelty, isControl: control }) => [
        task,
        shareText(novelty.renamedTest),
        shareText(novelty.renamedPool),
        count(novelty.trainForms),
        count(novelty.testForms),
        control ? 'control' : 'test',
      ]),
      note:
        'A form is a prompt with its names and numbers replaced in the order in which they first occur. Renamed: ' +
        'percent of the prompts whose form stands in the train split. With more than ' +
        `${percent(mostRenamed)} % of the test prompts a task is a control.`,
      numbers: tasks.flatMap(({ task, novelty }) => numbersOf(task, novelty)),
    };
  },
};

const shareText = (share: number | null): string => (share === null ? dash : percent(share));

/** The task stands in the place of the variant: the table is the whole experiment's. */
function numbersOf(
  task: string,
  { renamedTest, renamedPool, trainForms, testForms }: RecordedNovelty,
): readonly TableNumber[] {
  const values = {
    renamed_test_share: renamedTest,
    renamed_pool_share: renamedPool,
    train_forms: trainForms,
    test_forms: testForms,
  };
  const place = { model: '', arm: '', variant: task, pretrainPairs: null, samples: null };
  return Object.entries(values).flatMap(([name, mean]) =>
    mean === null ? [] : [{ ...place, metric: `novelty/${name}`, mean, low: null, high: null, method: 'none', n: 1 }],
  );
}
