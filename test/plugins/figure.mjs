// @ts-check
/** A figure and a table: how many trials each arm has a result of. */

/** @param {import('harness').ExperimentView} view */
const countsOf = ({ cells }) => cells.map(({ arm, used }) => ({ arm: arm.label, role: arm.role, trials: used.length }));

/** @type {import('harness').FigureKind} */
const trialsByArm = {
  id: 'trials-by-arm',
  scope: 'experiment',
  draw: (view) => ({
    title: 'Trials by arm',
    caption: 'Trials with a result.',
    alt: 'A bar for each arm.',
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      data: { values: countsOf(view) },
      mark: 'bar',
      encoding: { x: { field: 'arm', type: 'nominal' }, y: { field: 'trials', type: 'quantitative' } },
    },
  }),
};

/** @type {import('harness').TableKind} */
const rolesTable = {
  id: 'roles',
  scope: 'experiment',
  isFolded: false,
  draw: (view) => ({
    title: 'Roles of the arms',
    columns: ['arm', 'role', 'trials'],
    rows: countsOf(view).map(({ arm, role, trials }) => [arm, role, String(trials)]),
    note: 'As the experiment registers them.',
  }),
};

/** @type {import('harness').Plugin} */
export default { figures: [trialsByArm], tables: [rolesTable] };
