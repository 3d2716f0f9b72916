/** The commands that use a trained model, and those that judge the scores of any. */
import { overLengthPolicies } from '../../spec/experiment-schema.ts';
import { modelAndFileArguments } from './arguments.ts';
import { command } from './command.ts';
import { taskFlags } from './judged.ts';
import {
  countParser,
  jsonFlag,
  optionalDeviceFlag,
  optionalText,
  resultsFlag,
  threadsFlag,
  tokenizerFlags,
} from './flags.ts';

const { parameters } = modelAndFileArguments('finetune', 'reward model', 'Rows');
const [modelArgument, fileArgument] = parameters;
/** Rows of a task need no file. */
const modelAndRows = {
  kind: 'tuple',
  parameters: [modelArgument, { ...fileArgument, optional: true, brief: `${fileArgument.brief}; none with --task` }],
} as const;

export const scoreRoutes = {
  score: command({
    load: async () => (await import('../commands/score.ts')).scoreCommand,
    parameters: {
      flags: {
        ...taskFlags,
        output: optionalText('Write all rewards to this file, one JSON object a line; - is stdout', 'file'),
        backend: {
          kind: 'enum',
          values: ['native', 'torch'],
          default: 'native',
          brief: 'Who computes: this program, or PyTorch (docs/use-pytorch.md)',
        },
        device: {
          ...optionalDeviceFlag,
          brief: 'Where programs run; cpu without it, and with --backend torch the accelerator that torch sees',
        },
        threads: threadsFlag,
        batchTokens: {
          kind: 'parsed',
          parse: countParser,
          optional: true,
          brief: 'Tokens a batch, 2000 without it. Speed and memory follow from it, rewards do not',
          placeholder: 'n',
        },
        tokenizer: tokenizerFlags.tokenizer,
        template: optionalText('For other models: a text with {prompt} and {response}', 'text'),
        chatTemplate: tokenizerFlags.chatTemplate,
        chat: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'Texts are turns of a chat: the prompt of the user, a response of the assistant',
        },
        specialTokens: {
          kind: 'boolean',
          default: true,
          brief: "For other models: leave out the tokenizer's special tokens",
        },
        overLength: {
          kind: 'enum',
          values: overLengthPolicies,
          default: 'refuse',
          brief: 'Rows longer than the context: as the experiment of the model says',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: modelAndRows,
    },
    docs: {
      brief: 'Score your own rows with a reward model',
      more: [
        'The model is one that a finetune stage wrote, ' +
          'a Hugging Face folder (AutoModelForSequenceClassification), or an adapter of peft.',
        'A row is one JSON object: {"prompt", "response"}, {"prompt", "chosen", "rejected"} or {"prompt", ' +
          '"candidates": [...]}. Each is a text or a list of chat messages. An id is optional.',
        'With --task the rows are those of a task, whose labels are known: accuracy, best-of-N and the scores of its ' +
          'benchmark come with intervals, beside rankers that need no model (docs/scores.md).',
        'Every line is checked before anything is scored. Rows are cut or dropped only by --over-length. ' +
          'A reward does not depend on the batch it is computed in: on the CPU it is the same bit for bit.',
      ],
      examples: (hand) => {
        const model = hand.model();
        const row = `'{"prompt": "2 + 2 =", "chosen": " 4", "rejected": " 5"}'`;
        if (model === null) return [];
        const task = hand.stages().find((id) => id.startsWith('task-'));
        const ofTask = task === undefined ? [] : [[`score ${model} --task ${task}`, 'A task on record.'] as const];
        return [[`score ${model} - <<< ${row}`, null], ...ofTask];
      },
    },
  }),
};
