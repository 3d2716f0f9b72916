/** What `harness` alone says: what to try first, and every command in a line. */
import type { AtHand } from '../at-hand.ts';
import { routeGroups } from '../routes/index.ts';
import { paragraph, section, type PageStyle } from './page.ts';
import type { HelpRow } from './parameters.ts';

export function rootPage(name: string, hand: AtHand, style: PageStyle): string {
  return [
    paragraph(
      'Does preference-model pretraining on code make reward-model finetuning cheaper, and how does that scale? ' +
        'Experiments are declared in YAML; a sweep runs what is missing and writes the report.',
      style,
    ),
    ...section('First things to try', firstThings(name, hand), style),
    ...routeGroups.flatMap(({ title, routes }) =>
      section(
        title,
        Object.entries(routes).map(([command, { brief }]) => [command, `${brief}.`]),
        style,
      ),
    ),
    paragraph(`\`${name} COMMAND --help\` explains a command. \`${name} --version\` prints the version.`, style),
  ].join('\n\n');
}

function firstThings(name: string, hand: AtHand): readonly HelpRow[] {
  const spec = hand.specs()[0]?.file;
  const start: readonly HelpRow[] =
    spec === undefined ? [[`${name} init`, 'Write an experiment to start from: first-experiment.yaml.']] : [];
  const file = spec ?? 'first-experiment.yaml';
  return [
    ...start,
    [`${name} plan ${file}`, 'See what would run, and how long it takes here.'],
    [`${name} sweep ${file}`, 'Run it. The same command continues after an interruption.'],
    [`${name} status`, 'See how far it is, from another terminal.'],
    [`${name} ls trials`, 'See what came out.'],
  ];
}
