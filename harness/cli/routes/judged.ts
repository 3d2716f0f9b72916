/** Commands that judge scores, whoever made them. */
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { jsonFlag, optionalText, resultsFlag, textParser } from './flags.ts';
import { namedTasks, recordedStages } from './proposals.ts';

const taskBrief = 'Task stage, experiment file, file with a section task, or kind of task';

/** Of commands that are given a task. */
export const taskFlags = {
  task: {
    kind: 'parsed',
    parse: textParser,
    optional: true,
    brief: taskBrief,
    placeholder: 'task',
    proposeCompletions: namedTasks,
  },
  set: {
    kind: 'parsed',
    parse: textParser,
    variadic: true,
    optional: true,
    brief: 'Set a field of the task. Can be repeated',
    placeholder: 'field=value',
  },
  split: { kind: 'enum', values: ['test', 'dev'], default: 'test', brief: 'Part of the task' },
  keep: { kind: 'boolean', default: true, brief: 'Do not write the scores into the results folder' },
} as const;

export const judgedRoutes = {
  'import-scores': command({
    load: async () => (await import('../commands/import-scores.ts')).importScoresCommand,
    parameters: {
      flags: {
        ...taskFlags,
        missing: {
          kind: 'enum',
          values: ['refuse', 'leave-out'],
          default: 'refuse',
          brief: 'What to do where a part of the task has no scores',
        },
        model: optionalText('Who scored; without it as the file says, else its name', 'name'),
        format: {
          kind: 'enum',
          values: ['auto', 'plain', 'themis', 'rewardmath', 'judgebench'],
          default: 'auto',
          brief: 'Format of the file; without it by the fields of its first row',
        },
        sections: optionalText('Field that names the section of a row, such as language', 'field'),
        scoring: optionalText("Score as this benchmark does, such as rewardbench; without it as the task's", 'name'),
        steps: {
          kind: 'enum',
          values: ['min', 'max', 'mean', 'last', 'prod', 'geometric-mean'],
          optional: true,
          brief: 'How the scores of the steps of a solution become one',
        },
        tokenizer: optionalText('tokenizer.json that lengths are counted with; without it in characters', 'file'),
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: textParser,
            brief: 'Scores as JSON lines, a JSON list or Parquet, also packed by gzip or zstd; - is stdin',
            placeholder: 'file',
          },
        ],
      },
    },
    docs: {
      brief: "Judge any reward model's scores",
      more: [
        'A row has the id of a pair or question and its scores: {"id", "chosen": 1.5, "rejected": 0.2}, ' +
          '{"id", "scores": [...]} in the order of the candidates, or {"id", "candidate": 3, "score": 1.5}. ' +
          'What `harness score --output` writes is such a file. `harness task-rows` writes the rows to be scored.',
        'Without --task the rows say themselves what is right: chosen and rejected, or isCorrect. ' +
          'Results of RewardMATH, JudgeBench and Themis are read as they are.',
        'Missing rows are an error unless you say --missing leave-out; rows of other splits are passed over and ' +
          'counted; a row that contradicts another is an error. Every share has an interval over groups, and stands ' +
          'beside what a coin and rankers by length get.',
        'The scores are kept in the results folder as a stage: `harness ls stages --kind scores`, `harness sql`.',
      ],
      examples: (hand) => [
        [`import-scores - --no-keep <<< '{"id": "a", "chosen": 1.5, "rejected": 0.2}'`, 'Rows that say what is right.'],
        ...hand
          .stages()
          .filter((id) => id.startsWith('task-'))
          .slice(0, 1)
          .map((id) => [`import-scores scores.jsonl --task ${id}`, 'A task on record.'] as const),
      ],
    },
  }),
  'compare-scores': command({
    load: async () => (await import('../commands/compare-scores.ts')).compareScoresCommand,
    parameters: {
      flags: { results: resultsFlag, json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: (['first', 'second'] as const).map((placeholder) => ({
          parse: textParser,
          brief: 'Id of scores or of an evaluation; its beginning is enough',
          placeholder,
          proposeCompletions: scoredStages,
        })) as [ScoredArgument, ScoredArgument],
      },
    },
    docs: {
      brief: 'Compare two sets of scores of one task, item by item',
      more: [
        'Differences are paired: both scored the same pairs and questions. Intervals are over groups of items ' +
          'that belong together, such as the pairs of one question.',
      ],
      examples: (hand) => {
        const [first, second] = hand.stages().filter((id) => id.startsWith('scores-'));
        return first === undefined || second === undefined ? [] : [[`compare-scores ${first} ${second}`, null]];
      },
    },
  }),
  'task-rows': command({
    load: async () => (await import('../commands/task-rows.ts')).taskRowsCommand,
    parameters: {
      flags: {
        set: taskFlags.set,
        split: taskFlags.split,
        output: {
          kind: 'parsed',
          parse: textParser,
          brief: 'File to write; - is stdout (required)',
          placeholder: 'file',
        },
        results: resultsFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: textParser, brief: taskBrief, placeholder: 'task', proposeCompletions: namedTasks }],
      },
    },
    docs: {
      brief: 'Write the rows of a task for a reward model to score',
      more: [
        'One JSON object a line: {"set", "id", "prompt", "chosen", "rejected"} for a pair, ' +
          '{"set", "id", "prompt", "candidates": [...]} for a question. `harness score` reads them.',
      ],
      examples: () => [
        ['task-rows generated -s family=algebra -s difficulty=2 -o rows.jsonl', 'Rows of a kind of task.'],
      ],
    },
  }),
};

interface ScoredArgument {
  readonly parse: typeof textParser;
  readonly brief: string;
  readonly placeholder: 'first' | 'second';
  readonly proposeCompletions: typeof scoredStages;
}

function scoredStages(this: CliContext): readonly string[] {
  return recordedStages.call(this).filter((id) => /^(scores|evaluate)-/.test(id));
}
