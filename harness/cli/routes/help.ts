/** Commands about the command line itself. */
import { didYouMean, UserError } from '../../spec/index.ts';
import { shells, type Shell } from '../completion/scripts.ts';
import type { CliContext } from '../context.ts';
import { command } from './command.ts';
import { textParser } from './flags.ts';

export const helpRoutes = {
  help: command({
    load: async () => (await import('../commands/help.ts')).helpCommand,
    parameters: {
      flags: {},
      positional: {
        kind: 'array',
        parameter: {
          parse: textParser,
          brief: 'Command; without one, the list of commands',
          placeholder: 'command',
          proposeCompletions(this: CliContext) {
            return this.commands;
          },
        },
      },
    },
    docs: {
      brief: 'Explain a command, as `COMMAND --help` does',
      examples: () => [
        ['help sweep', null],
        ['help ls trials', null],
      ],
    },
  }),
  completion: command({
    load: async () => (await import('../commands/completion.ts')).completion,
    parameters: {
      flags: {},
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: shellParser,
            brief: 'bash, zsh or fish',
            placeholder: 'shell',
            proposeCompletions: () => shells,
          },
        ],
      },
    },
    docs: {
      brief: 'Print a script that completes commands in bash, zsh or fish',
      more: ['Put the line for your shell into its startup file (~/.bashrc, ~/.zshrc, ~/.config/fish/config.fish).'],
      examples: () => [
        ['completion bash', 'bash: eval "$(harness completion bash)"'],
        ['completion zsh', 'zsh, after compinit: eval "$(harness completion zsh)"'],
        ['completion fish', 'fish: harness completion fish | source'],
      ],
    },
  }),
};

/** Throws for another shell; the message goes to the person as it is. */
function shellParser(value: string): Shell {
  const shell = shells.find((one) => one === value);
  if (shell !== undefined) return shell;
  const meant = didYouMean(value, shells);
  throw new UserError(`expected ${shells.join(', ')}, not ${value}${meant === null ? '' : `; ${meant}`}`, {
    exitCode: 2,
  });
}
