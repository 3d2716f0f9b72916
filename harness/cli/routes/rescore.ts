/** The command that grades again what is stored. */
import { recordedExperiments, recordedStages } from './proposals.ts';
import { command } from './command.ts';
import { jsonFlag, resultsFlag, textParser } from './flags.ts';
import type { CliContext } from '../context.ts';

export const rescoreRoutes = {
  rescore: command({
    load: async () => (await import('../commands/rescore.ts')).rescoreCommand,
    parameters: {
      flags: {
        grader: {
          kind: 'parsed',
          parse: textParser,
          brief: 'Grader that labels anew (required)',
          placeholder: 'name',
          proposeCompletions: async () =>
            (await import('../../kinds/index.ts')).builtInKinds.graders.map(({ kind }) => kind),
        },
        plugin: {
          kind: 'parsed',
          parse: textParser,
          variadic: true,
          optional: true,
          brief: 'Plug-in with a grader of your own. Can be repeated',
          placeholder: 'file',
        },
        results: resultsFlag,
        json: jsonFlag,
      },
      positional: {
        kind: 'array',
        parameter: {
          parse: textParser,
          brief: 'Experiment, or the beginning of the id of an evaluate stage; all evaluations on test without any',
          placeholder: 'name',
          proposeCompletions(this: CliContext) {
            const evaluations = recordedStages.call(this).filter((id) => id.startsWith('evaluate-'));
            return [...recordedExperiments.call(this), ...evaluations];
          },
        },
      },
    },
    docs: {
      brief: 'Grade stored candidates again, and compare the metrics',
      more: [
        'Texts and rewards are those on record: no model is loaded, and nothing on record changes.',
        'Every label that the grader sets otherwise is listed. A pair whose responses are both right or both wrong ' +
          'is dropped, one whose labels are exchanged is swapped.',
      ],
      examples: (hand) =>
        hand
          .experiments()
          .slice(0, 1)
          .map((name) => [`rescore --grader math ${name}`, null]),
    },
  }),
};
