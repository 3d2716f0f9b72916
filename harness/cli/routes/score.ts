/** The command that uses a trained model. */
import { command } from './command.ts';
import { countParser, deviceFlag, jsonFlag, resultsFlag, textParser } from './flags.ts';

export const scoreRoutes = {
  score: command({
    load: async () => (await import('../commands/score.ts')).scoreCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        json: jsonFlag,
        device: deviceFlag,
        output: {
          kind: 'parsed',
          parse: textParser,
          optional: true,
          brief: 'Write one line of JSON a row to this file; - streams to stdout',
          placeholder: 'file',
        },
        threads: { kind: 'parsed', parse: countParser, default: '2', brief: 'Threads of the engine', placeholder: 'n' },
        batchTokens: {
          kind: 'parsed',
          parse: countParser,
          optional: true,
          brief: 'Tokens a batch (2000): speed and memory only, rewards do not depend on it',
          placeholder: 'n',
        },
        tokenizer: {
          kind: 'parsed',
          parse: textParser,
          optional: true,
          brief: 'tokenizer.json (else the one in the model folder)',
          placeholder: 'file',
        },
        template: {
          kind: 'parsed',
          parse: textParser,
          optional: true,
          brief: 'For models from elsewhere: text with {prompt} and {response}',
          placeholder: 'text',
        },
        specialTokens: {
          kind: 'boolean',
          default: true,
          brief: 'For models from elsewhere: add the special tokens of the tokenizer',
        },
      },
      aliases: { o: 'output' },
      positional: {
        kind: 'tuple',
        parameters: [
          { parse: textParser, brief: 'Reward-model folder, or the id of a finetune stage', placeholder: 'model' },
          { parse: textParser, brief: 'Rows as JSON lines; - for the standard input', placeholder: 'file' },
        ],
      },
    },
    docs: {
      brief: "Rewards for rows of text from a reward model, ours or Hugging Face's",
      fullDescription: [
        'Rewards for rows of text from a reward model: one that a finetune stage wrote, or a Hugging Face folder (AutoModelForSequenceClassification, one label).',
        'Rows, one JSON object a line: {"prompt", "response"}, {"prompt", "chosen", "rejected"} or {"prompt", "candidates": [...]}, with an id if you like.',
        'Every line is checked before anything is scored; rows are never cut. Rewards do not depend on batch size, company or order (bit for bit on the CPU).',
      ].join('\n'),
    },
  }),
};
