/** The command that shows what a tokenizer makes of a text. */
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { jsonFlag, resultsFlag, textParser } from './flags.ts';
import { recordedStages } from './proposals.ts';

export const tokenizeRoutes = {
  tokenize: command({
    load: async () => (await import('../commands/tokenize.ts')).tokenizeCommand,
    parameters: {
      flags: {
        specialTokens: {
          kind: 'boolean',
          default: true,
          brief: 'Leave out the special tokens that the tokenizer adds to a text',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: textParser,
            brief: 'Folder of a model, its tokenizer.json, or id of a stage',
            placeholder: 'model',
            proposeCompletions(this: CliContext) {
              return recordedStages.call(this).filter((id) => /^(tokenizer|decay|finetune)-/.test(id));
            },
          },
          { parse: textParser, brief: 'Text in UTF-8; - is stdin', placeholder: 'file' },
        ],
      },
    },
    docs: {
      brief: 'Show the token ids of a text, line by line',
      more: [
        'Every line is tokenized by itself, as one text. Its tokens are shown as the vocabulary writes them; ' +
          'characters that would not be seen are written as escapes, a space as ␣.',
        'The ids are those of the Rust library of Hugging Face. A tokenizer that is not computed exactly is refused.',
        'A line that its ids do not decode to is named: many tokenizers change a text before they cut it.',
      ],
      examples: (hand) => {
        const id = hand.stages().find((stage) => stage.startsWith('tokenizer-'));
        return id === undefined ? [] : [[`tokenize ${id} - <<< 'const x = 12;'`, null]];
      },
    },
  }),
};
