/**
 * The command line that starts the ranks of a job: torchrun on this machine, or one torchrun a node by `srun` inside an
 * allocation. torchrun gives each rank its number and ends all of them where one fails.
 */
import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import type { RanksSpec } from '../../spec/experiment-schema.ts';

/** Where the nodes of a job meet; null on one machine, where torchrun chooses. */
export interface Rendezvous {
  readonly host: string;
  readonly port: number;
  /** Nodes of other attempts that are late do not join. */
  readonly id: string;
}

export const rankCount = ({ nodes, ranksPerNode }: Pick<RanksSpec, 'nodes' | 'ranksPerNode'>): number =>
  nodes * ranksPerNode;

/** @param job The folder of the job, the same on every node. */
export function ranksCommand(
  {
    python,
    job,
    rendezvous,
  }: { readonly python: string; readonly job: string; readonly rendezvous: Rendezvous | null },
  ranks: RanksSpec,
): readonly string[] {
  const started = [python, '-m', 'harness_torch.start'];
  const rank = ['-m', 'harness_torch.start', 'harness_torch', job];
  const options = [...meeting(ranks, rendezvous), `--nproc-per-node=${ranks.ranksPerNode}`, ...always(job)];
  const torchrun = [...started, 'harness_torch.launch', job, ...options, ...rank];
  return rendezvous === null ? torchrun : [...started, '--program', ...srun(ranks), ...torchrun];
}

/** What ranks print goes into a file each, and with the rank's number before every line to whoever started them. */
function always(job: string): readonly string[] {
  return ['--max-restarts=0', '--tee=3', `--log-dir=${path.join(job, 'ranks')}`];
}

function meeting({ nodes, torch }: RanksSpec, rendezvous: Rendezvous | null): readonly string[] {
  if (rendezvous === null) return ['--standalone'];
  const { host, port, id } = rendezvous;
  const patience = Math.ceil(torch.joinTimeoutSeconds);
  return [
    `--nnodes=${nodes}`,
    '--rdzv-backend=c10d',
    `--rdzv-endpoint=${host}:${port}`,
    `--rdzv-id=${id}`,
    `--rdzv-conf=join_timeout=${patience},read_timeout=${patience}`,
  ];
}

/** One torchrun a node, which has all the processors of the node, and none goes on where one has failed. */
function srun({ nodes }: RanksSpec): readonly string[] {
  return [
    'srun',
    `--nodes=${nodes}`,
    `--ntasks=${nodes}`,
    '--ntasks-per-node=1',
    '--cpu-bind=none',
    '--kill-on-bad-exit=1',
    '--label',
  ];
}

/**
 * HARNESS_TORCH_RENDEZVOUS (`host:port`) where it is given: for nodes that know each other by other names. Else the
 * first node of the allocation, and a port that is free here.
 */
export async function rendezvousOf(id: string): Promise<Rendezvous> {
  const [, host, port] = /^(.+):(\d+)$/.exec(process.env['HARNESS_TORCH_RENDEZVOUS'] ?? '') ?? [];
  if (host !== undefined) return { host, port: Number(port), id };
  return { host: firstNode(), port: await freePort(), id };
}

/** This machine where it is a node of the allocation: batch scripts run on the first one. */
function firstNode(): string {
  const { SLURM_JOB_NODELIST: nodes, SLURMD_NODENAME: own } = process.env;
  if (nodes === undefined || own !== undefined) return own ?? hostname();
  try {
    const named = execFileSync('scontrol', ['show', 'hostnames', nodes], { encoding: 'utf8' });
    return named.split('\n')[0] || hostname();
  } catch {
    return hostname(); // no scontrol here: torchrun will say where nobody answers
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
