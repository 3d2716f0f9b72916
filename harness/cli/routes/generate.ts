/** The command that lets a language model write. */
import { UserError } from '../../spec/user-error.ts';
import { modelAndFileArguments } from './arguments.ts';
import { command } from './command.ts';
import { countParser, deviceFlag, jsonFlag, optionalText, resultsFlag, threadsFlag, tokenizerFlags } from './flags.ts';

/** Throws for anything but a number that `isAllowed`; the message goes to the person as it is. */
const numberParser =
  (expected: string, isAllowed: (value: number) => boolean) =>
  (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!isAllowed(value)) throw new UserError(`expected ${expected}, not ${JSON.stringify(text)}`, { exitCode: 2 });
    return value;
  };

export const generateRoutes = {
  generate: command({
    load: async () => (await import('../commands/generate.ts')).generateCommand,
    parameters: {
      flags: {
        temperature: {
          kind: 'parsed',
          parse: numberParser('a number of at least 0', (value) => value >= 0 && value < Infinity),
          default: '1',
          brief: 'Divides the logits; 0 takes the most probable token',
          placeholder: 'x',
        },
        topP: {
          kind: 'parsed',
          parse: numberParser('a number above 0 and at most 1', (value) => value > 0 && value <= 1),
          default: '1',
          brief: 'Draw from the most probable tokens that reach this probability together',
          placeholder: 'x',
        },
        maxTokens: {
          kind: 'parsed',
          parse: countParser,
          default: '256',
          brief: 'Most tokens of a completion',
          placeholder: 'n',
        },
        seed: {
          kind: 'parsed',
          parse: numberParser('a whole number of at least 0', (value) => Number.isSafeInteger(value) && value >= 0),
          default: '0',
          brief: 'Another seed draws other completions',
          placeholder: 'n',
        },
        samples: {
          kind: 'parsed',
          parse: countParser,
          default: '1',
          brief: 'Completions of each prompt',
          placeholder: 'n',
        },
        output: optionalText('Write the completions to this file; without it to stdout', 'file'),
        batch: {
          kind: 'parsed',
          parse: countParser,
          optional: true,
          brief: 'Completions at a time, 64 without it. Speed and memory follow from it, completions do not',
          placeholder: 'n',
        },
        tokenizer: tokenizerFlags.tokenizer,
        chatTemplate: tokenizerFlags.chatTemplate,
        chat: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: 'A prompt that is a text is a turn of the user',
        },
        device: deviceFlag,
        threads: threadsFlag,
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: modelAndFileArguments('decay', 'language model', 'Prompts'),
    },
    docs: {
      brief: 'Complete prompts with a language model',
      more: [
        'The model is one that a decay stage wrote, or a Hugging Face folder (AutoModelForCausalLM).',
        'A prompt is one JSON object: {"prompt"}, a text or a list of chat messages, with an optional id. ' +
          'A completion is one line: {"id", "line", "sample", "prompt", "completion", "finish", "tokens"}.',
        'What is drawn for a prompt depends on the model, the prompt, the seed and the number of the sample alone: ' +
          'on the CPU it is the same whatever else is in the file, in the batch or on the other threads.',
      ],
      examples: (hand) => {
        const model = hand.stages().find((id) => id.startsWith('decay-'));
        return model === undefined
          ? []
          : [[`generate ${model} - --max-tokens 64 <<< '{"prompt": "function add("}'`, null]];
      },
    },
  }),
};
