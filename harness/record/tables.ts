/**
 * The tables, each column once: SQL makes them, and the appender types their rows, from these lines. Column names are
 * the glossary's words in snake_case.
 */
export type ColumnType = 'VARCHAR' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'FLOAT' | 'BOOLEAN' | 'TIMESTAMP' | 'JSON';

const runColumns = {
  stage_id: 'VARCHAR',
  attempt: 'INTEGER',
  started_at: 'TIMESTAMP',
  ended_at: 'TIMESTAMP',
  duration_ms: 'BIGINT',
  outcome: 'VARCHAR',
  error_class: 'VARCHAR',
  message: 'VARCHAR',
  machine: 'VARCHAR',
  commit: 'VARCHAR',
  dirty: 'BOOLEAN',
  resumed_from_step: 'BIGINT',
} as const;

/** What a plan says about a stage beforehand. */
const costColumns = {
  steps: 'BIGINT',
  pairs: 'BIGINT',
  params_total: 'BIGINT',
  params_non_embedding: 'BIGINT',
  train_flops: 'DOUBLE',
} as const;

const trialColumns = {
  experiment: 'VARCHAR',
  trial_id: 'VARCHAR',
  seed: 'BIGINT',
  axes: 'JSON',
  model: 'VARCHAR',
  arm: 'VARCHAR',
  pmp_pairs: 'BIGINT',
  pretrain_pairs: 'BIGINT',
  task: 'VARCHAR',
  samples: 'BIGINT',
  outcome: 'VARCHAR',
  cause: 'VARCHAR',
  evaluate_stage: 'VARCHAR',
  baseline_stage: 'VARCHAR',
  position: 'INTEGER',
} as const;

export const tables = {
  experiments: {
    experiment: 'VARCHAR',
    question: 'VARCHAR',
    command: 'VARCHAR',
    trials: 'INTEGER',
    excluded: 'INTEGER',
    duplicates: 'INTEGER',
    spec_text: 'VARCHAR',
    claims: 'JSON',
  },
  planned_stages: {
    experiment: 'VARCHAR',
    stage_id: 'VARCHAR',
    kind: 'VARCHAR',
    name: 'VARCHAR',
    position: 'INTEGER',
    inputs: 'JSON',
    ...costColumns,
  },
  stages: {
    stage_id: 'VARCHAR',
    kind: 'VARCHAR',
    name: 'VARCHAR',
    fingerprint: 'VARCHAR',
    config: 'JSON',
    inputs: 'JSON',
    outcome: 'VARCHAR',
    error_class: 'VARCHAR',
    cause: 'VARCHAR',
    last_attempt: 'INTEGER',
    ...costColumns,
  },
  runs: runColumns,
  trials: trialColumns,
  trial_stages: {
    experiment: 'VARCHAR',
    trial_id: 'VARCHAR',
    stage_id: 'VARCHAR',
    kind: 'VARCHAR',
    position: 'INTEGER',
  },
  metrics: { stage_id: 'VARCHAR', attempt: 'INTEGER', step: 'BIGINT', name: 'VARCHAR', value: 'DOUBLE' },
  choices: { stage_id: 'VARCHAR', name: 'VARCHAR', value: 'JSON' },
  items: {
    stage_id: 'VARCHAR',
    set: 'VARCHAR',
    item_id: 'VARCHAR',
    item_group: 'VARCHAR',
    candidate: 'INTEGER',
    reward: 'FLOAT',
    is_correct: 'BOOLEAN',
    tokens: 'INTEGER',
    answer: 'VARCHAR',
    subset: 'VARCHAR',
    source: 'VARCHAR',
  },
  clock_metrics: { name: 'VARCHAR' },
  collected: {
    path: 'VARCHAR',
    kind: 'VARCHAR',
    name: 'VARCHAR',
    signature: 'VARCHAR',
    problem: 'VARCHAR',
  },
} as const satisfies Tables;

/** Tables of one collect; they end with its connection. */
const temporaryTables = {
  trial_outcomes: { experiment: 'VARCHAR', trial_id: 'VARCHAR', outcome: 'VARCHAR', cause: 'VARCHAR' },
  words: { code: 'INTEGER', word: 'VARCHAR' },
  /** Of a final value, `step` is a number that no step has. */
  metric_codes: { stage: 'INTEGER', attempt: 'INTEGER', step: 'DOUBLE', name: 'INTEGER', value: 'DOUBLE' },
  item_codes: {
    stage: 'INTEGER',
    kind: 'INTEGER',
    item: 'INTEGER',
    item_group: 'INTEGER',
    candidate: 'INTEGER',
    reward: 'FLOAT',
    is_correct: 'INTEGER',
    tokens: 'INTEGER',
    answer: 'INTEGER',
    subset: 'INTEGER',
    source: 'INTEGER',
  },
} as const satisfies Tables;

type Tables = Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
const everyTable = { ...tables, ...temporaryTables };
export type TableName = keyof typeof everyTable;
export type ColumnOf<T extends TableName> = keyof (typeof everyTable)[T] & string;

export function columnsOf(table: TableName): readonly (readonly [name: string, type: ColumnType])[] {
  return Object.entries(everyTable[table]);
}

export function createTable(table: TableName): string {
  const columns = columnsOf(table).map(([name, type]) => `"${name}" ${type}`);
  return `CREATE ${table in temporaryTables ? 'OR REPLACE TEMP ' : ''}TABLE ${table} (${columns.join(', ')});`;
}
