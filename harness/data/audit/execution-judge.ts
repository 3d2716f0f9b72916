/** Which side of a pair passes the tests of its problem: the one judge that does not guess. */
import { UserError } from '../../spec/user-error.ts';
import type { PreferencePair } from '../preference-pair.ts';
import { readRows } from '../row-files/row-file.ts';
import type { Judgement } from './audit.ts';
import { judgementOf, type Verdict } from './code-judge.ts';
import { runsToItsEnd, type Sandbox } from './run-program.ts';

/** The tests of one problem, in the shape of HumanEval: `check(<entry point>)` raises where the code is wrong. */
export interface ProblemTests {
  readonly entryPoint: string;
  readonly test: string;
}

/**
 * Tests by the id of their problem, which is the group of its pairs.
 * @throws UserError (2) for a file that cannot be used, or that has no tests.
 */
export async function readTests(file: string): Promise<ReadonlyMap<string, ProblemTests>> {
  const tests = new Map<string, ProblemTests>();
  for await (const { row, value } of readRows(file)) {
    const { task_id: id, entry_point: entryPoint, test } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof id !== 'string' || typeof entryPoint !== 'string' || typeof test !== 'string')
      throw new UserError(`${file}: row ${row}: expected text in task_id, entry_point and test`, {
        exitCode: 2,
        hint: 'Tests are read in the shape of HumanEval.jsonl.',
      });
    tests.set(id, { entryPoint, test });
  }
  return tests;
}

/** null where no pair has tests. Every distinct program is run once. */
export async function executionJudgement(
  pairs: readonly PreferencePair[],
  tests: ReadonlyMap<string, ProblemTests>,
  sandbox: Sandbox,
): Promise<Judgement | null> {
  const results = new Map<string, Promise<boolean>>();
  const passes = (pair: PreferencePair, response: string, own: ProblemTests): Promise<boolean> => {
    const program = programOf(pair.prompt, response, own);
    const known = results.get(program) ?? runsToItsEnd(sandbox, program);
    results.set(program, known);
    return known;
  };
  const verdicts: { readonly group: string; readonly verdict: Verdict }[] = [];
  for (const pair of pairs) {
    const own = testsOf(pair.group, tests);
    if (own === null) continue;
    // Two processes at a time.
    const [chosen, rejected] = await Promise.all([passes(pair, pair.chosen, own), passes(pair, pair.rejected, own)]);
    const verdict = chosen === rejected ? 'silent' : chosen ? 'agree' : 'disagree';
    verdicts.push({ group: pair.group, verdict });
  }
  return verdicts.length === 0 ? null : judgementOf('execution', verdicts);
}

/** By the group itself, or by the problem that it ends with (`humaneval:HumanEval/7`). */
function testsOf(group: string, tests: ReadonlyMap<string, ProblemTests>): ProblemTests | null {
  const problem = /[\w.-]+\/[\w.-]+$/.exec(group)?.[0] ?? group;
  return tests.get(group) ?? tests.get(problem) ?? null;
}

/** A response that defines the function itself is a module; any other goes on where the prompt ends. */
function programOf(prompt: string, response: string, { entryPoint, test }: ProblemTests): string {
  const isModule = new RegExp(`^(?:async )?def ${entryPoint}\\b`, 'm').test(response);
  return `${isModule ? response : `${prompt}${response}`}\n\n${test}\n\ncheck(${entryPoint})\n`;
}
