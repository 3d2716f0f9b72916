/** `harness gate`: the verdict on a change, for people, for pull requests and for CI systems. */
import { appendFileSync, writeFileSync } from 'node:fs';
import {
  explanations,
  findingCells,
  findingColumns,
  gate,
  gateJunit,
  gateMarkdown,
  verdictExitCodes,
  verdictText,
  writeSamples,
  type Clock,
  type Finding,
  type GateResult,
} from '../../gate/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { untilStopped } from '../until-stopped.ts';

interface GateFlags {
  readonly baseline: string;
  readonly candidate?: string;
  readonly speedBaseline?: string;
  readonly experiment?: readonly string[];
  readonly only?: 'quality' | 'speed';
  readonly rounds: number;
  readonly milliseconds: number;
  readonly clock: Clock;
  readonly markdown?: string;
  readonly junit?: string;
  readonly out?: string;
  readonly json: boolean;
}

export async function gateCommand(context: CliContext, flags: GateFlags): Promise<void> {
  const { baseline, rounds, milliseconds, clock } = flags;
  const result = await untilStopped(context, (signal) =>
    gate({
      folder: process.cwd(),
      baseline,
      candidate: flags.candidate ?? null,
      speedBaseline: flags.speedBaseline ?? null,
      experiments: flags.experiment ?? [],
      only: flags.only ?? null,
      rounds,
      milliseconds,
      clock,
      signal,
      onStep: (step) => context.note(step),
    }),
  );
  if (result === null) return;
  writeFiles(context, flags, result);
  if (flags.json) context.printJson(documentOf(result));
  else printResult(context, result);
  context.exitWith(verdictExitCodes[result.verdict]);
}

function writeFiles(context: CliContext, flags: GateFlags, result: GateResult): void {
  const { GITHUB_STEP_SUMMARY: summary = '' } = context.host.env;
  const markdown = flags.markdown ?? (summary === '' ? null : summary);
  if (flags.out !== undefined) writeSamples(flags.out, result.samples);
  if (markdown !== null) write(markdown, () => appendFileSync(markdown, gateMarkdown(result)));
  const { junit } = flags;
  if (junit !== undefined) write(junit, () => writeFileSync(junit, gateJunit(result)));
}

function write(file: string, writing: () => void): void {
  try {
    writing();
  } catch (cause) {
    throw new UserError(`cannot write ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: 3,
      cause,
    });
  }
}

function printResult(context: CliContext, result: GateResult): void {
  const { findings, verdict, baseline, candidate } = result;
  const [first, ...others] = findingColumns;
  const columns = [
    first,
    ...others.map((name) => ({ name, align: 'right', isImportant: name === 'outcome' }) as const),
  ];
  if (findings.length > 0) context.printTable(columns, findings.map(findingCells));
  context.print(`${verdictText(verdict)}: ${candidate.name} against ${baseline.name}`);
  for (const line of explanations(result)) context.print(line);
}

function documentOf(result: GateResult): Readonly<Record<string, unknown>> {
  const { samples: _, findings, ...rest } = result;
  return { ...rest, findings: findings.map(plainFinding) };
}

/** Without what only the simulation reads. */
function plainFinding({ tested, ...rest }: Finding): object {
  if (tested === null) return { ...rest, tested: null };
  const { loss, itemInterval, ...numbers } = tested;
  return { ...rest, tested: { ...numbers, itemInterval: itemInterval(), losses: loss.units } };
}
