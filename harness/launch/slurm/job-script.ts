/** The script of a batch of stages: one job array, whose tasks differ in nothing but the folder they run. */
import type { RanksSpec, SlurmSpec } from '../../spec/experiment-schema.ts';
import type { StageExecution } from '../../store/index.ts';
import { shellLine } from '../../text/index.ts';

/** What one stage asks of its job, as options of sbatch. Stages that ask for the same go out together. */
export type JobRequest = readonly string[];

/** @param isServed By the backend that was chosen, so that it may be on several nodes and on cards. */
export function jobRequest(
  { partition, account, time, cpusPerTask, memory, gpusPerNode, extra, saveSeconds }: SlurmSpec,
  { threads, ranks }: Pick<StageExecution, 'threads' | 'ranks'>,
  isServed: boolean,
): JobRequest {
  const { nodes, ranksPerNode } = isServed && ranks !== undefined ? ranks : alone;
  return [
    ...optionOf('partition', partition),
    ...optionOf('account', account),
    ...optionOf('time', time),
    `--nodes=${nodes}`,
    '--ntasks-per-node=1',
    `--cpus-per-task=${cpusPerTask ?? threads * ranksPerNode}`,
    ...optionOf('mem', memory),
    ...optionOf('gpus-per-node', isServed ? gpusPerNode : null),
    // To the script alone, which is the stage's own process: it saves and leaves.
    `--signal=B:TERM@${saveSeconds}`,
    '--requeue',
    '--open-mode=append',
    ...extra,
  ];
}

const alone: Pick<RanksSpec, 'nodes' | 'ranksPerNode'> = { nodes: 1, ranksPerNode: 1 };

const optionOf = (name: string, value: string | number | null): readonly string[] =>
  value === null ? [] : [`--${name}=${value}`];

/** @param commands By the number of the array's task. */
export function jobScript(name: string, request: JobRequest, commands: readonly (readonly string[])[]): string {
  const options = [`--job-name=${name}`, `--array=0-${commands.length - 1}`, ...request];
  return `#!/usr/bin/env bash
${options.map((option) => `#SBATCH ${option}`).join('\n')}
# What srun starts in here has the processors of the job as well.
[ -z "\${SLURM_CPUS_PER_TASK:-}" ] || export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
# exec: signals of Slurm reach the stage itself.
case "$SLURM_ARRAY_TASK_ID" in
${commands.map((command, number) => `${number}) exec ${shellLine(command)} ;;`).join('\n')}
esac
echo "no stage has the number $SLURM_ARRAY_TASK_ID" >&2
exit 2
`;
}

/** In runs of at most `most`: Slurm limits the numbers of an array, so each run begins at 0 again. */
export function chunksOf<T>(all: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, run) => all.slice(run * most, (run + 1) * most));
}
