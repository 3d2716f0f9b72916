/** Commands that draw what is recorded: the report of an experiment, and the paper's figures. */
import { experimentOrSpecArgument } from './arguments.ts';
import { command } from './command.ts';
import { jsonFlag, optionalText, portFlag, publishFlag, reportsFlag, resultsFlag, textParser } from './flags.ts';

export const reportRoutes = {
  figures: command({
    load: async () => (await import('../commands/figures.ts')).figuresCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        reports: reportsFlag,
        publish: publishFlag,
        experiment: optionalText('Draw from this experiment on record, instead of those that the figures name', 'name'),
        check: {
          kind: 'boolean',
          default: false,
          brief:
            'Compare the figures of reports/paper with what their records give; exit code 1 where one differs, ' +
            '5 where records are not here',
        },
        json: jsonFlag,
      },
      positional: {
        kind: 'array',
        parameter: {
          parse: textParser,
          brief: 'Figures; without a name all of them',
          placeholder: 'figure',
          proposeCompletions: async () => (await import('../../report/index.ts')).paperFigures.map(({ id }) => id),
        },
      },
    },
    docs: {
      brief: "Draw the paper's figures from what is recorded, or check those that were drawn",
      more: [
        'Each figure names its experiment (experiments/paper/, else experiments/ablations/) and its query over the ' +
          'scores of single items. SVG, PNG and Vega-Lite go to reports/paper in the results folder, ' +
          'with figures.json: queries and digests.',
        'With --publish the scores go along (scores/EXPERIMENT/*.parquet), so that --check needs nothing else. ' +
          'With --results it derives from the records there instead.',
        'Diamonds are values that the paper published (datasets/reference/codepmp.yaml). ' +
          'What is not known stays empty.',
      ],
      examples: () => [
        ['figures', null],
        ['figures pmp-scaling sample-efficiency --publish', 'into reports/paper, to be committed'],
        ['figures --check', 'are the committed ones what their scores give?'],
      ],
    },
  }),
  report: command({
    load: async () => (await import('../commands/report.ts')).reportCommand,
    parameters: {
      flags: {
        results: resultsFlag,
        reports: reportsFlag,
        publish: publishFlag,
        figures: {
          kind: 'enum',
          values: ['page', 'one-column', 'two-columns'],
          default: 'page',
          brief: 'Size of figures/: as on the page, or for a paper, 85 or 178 mm wide with 8 pt text and no title',
        },
        watch: {
          kind: 'boolean',
          default: false,
          brief: 'Serve the page on this machine alone, and keep it up to date while a sweep runs, until Ctrl-C',
        },
        port: portFlag,
        json: jsonFlag,
      },
      positional: experimentOrSpecArgument,
    },
    docs: {
      brief: 'Write charts, tables and verdicts of an experiment, from what is recorded',
      more: [
        'It writes index.html, results.md, results.csv, results.tex, ' +
          'report.json and figures/ (SVG, PNG, PDF) to reports/EXPERIMENT in the results folder. Nothing is trained.',
        'With --publish it writes to reports/EXPERIMENT of the current folder, ' +
          'where it replaces the report of this experiment and nothing else.',
      ],
      examples: (hand) =>
        hand.experiments().flatMap((name) => [
          [`report ${name}`, null],
          [`report ${name} --publish`, 'into reports/, to be committed'],
          [`report ${name} --figures one-column --reports paper`, 'figures and tables of a paper, in paper/'],
          [`report ${name} --watch`, 'a page that grows with the sweep'],
        ]),
    },
  }),
};
