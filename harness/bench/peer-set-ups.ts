/** The ways in which the peer takes the step, and how each is called. */

export const peerSetUps = ['eager', 'sdpa', 'packed', 'sorted', 'compile', 'trl'] as const;
export type PeerSetUp = (typeof peerSetUps)[number];

/** What `compile` can be made of. */
export type PlainSetUp = Exclude<PeerSetUp, 'compile' | 'trl'>;

export const isPlain = (setUp: PeerSetUp): setUp is PlainSetUp => setUp !== 'compile' && setUp !== 'trl';

/** Whether a batch is cut into micro-batches, whose best size is searched for. */
export const isCut = (setUp: PeerSetUp): setUp is 'sorted' | 'packed' => setUp === 'sorted' || setUp === 'packed';

/** What was found to be the fastest before anything was measured. */
export interface SetUpChoice {
  /** Of `compile`: what is compiled. */
  readonly base: PlainSetUp | null;
  /** Rows of a micro-batch; null where the whole batch is taken at once. */
  readonly rowsPerMicroBatch: number | null;
}

export const noChoice: SetUpChoice = { base: null, rowsPerMicroBatch: null };

export interface SetUpCall {
  readonly script: string;
  readonly flags: readonly string[];
  /** For people. */
  readonly needs: string;
}

export function callOf(setUp: PeerSetUp, { base, rowsPerMicroBatch }: SetUpChoice): SetUpCall {
  if (setUp === 'trl')
    return { script: 'peer-pytorch/trl_trainer.py', flags: [], needs: 'Python 3 with torch, transformers and trl' };
  const rows = rowsPerMicroBatch === null ? [] : ['--rows-per-micro-batch', String(rowsPerMicroBatch)];
  const name = setUp === 'compile' ? ['--set-up', base ?? 'sorted', '--compile'] : ['--set-up', setUp];
  return { script: 'peer-pytorch/peer.py', flags: [...name, ...rows], needs: torchNeeds };
}

export const torchNeeds = 'Python 3 with torch and numpy (Debian: python3-torch)';

/** What a reader must know to read its row. */
export function noteOf(setUp: PeerSetUp, choice: SetUpChoice, compileSeconds: number | null): string {
  const rows = choice.rowsPerMicroBatch === null ? '' : `${choice.rowsPerMicroBatch} rows a micro-batch`;
  if (setUp === 'trl') return 'no LM term; padded: RewardTrainer has no mode without';
  if (setUp !== 'compile') return rows;
  const compiled = `compiled in ${(compileSeconds ?? Number.NaN).toFixed(0)} s, not counted`;
  return [choice.base ?? '', rows, compiled].filter((part) => part !== '').join(', ');
}
