/** `harness data audit SUBJECT...`: how often chosen is really better, sets of pairs side by side. */
import { auditPairs, openSandbox, readTests, type Audit, type AuditOptions } from '../../data/index.ts';
import { auditNote, auditTable } from '../../report/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { wrap } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { namedPairs, type NamedPairs } from '../named-pairs.ts';

interface AuditFlags {
  readonly results?: string;
  readonly number: number;
  readonly seed: number;
  readonly execute?: string;
  readonly language?: string;
  readonly json: boolean;
}

export async function dataAudit(context: CliContext, flags: AuditFlags, ...subjects: readonly string[]): Promise<void> {
  const place = {
    resultsFolder: context.resultsFolder(flags.results),
    language: flags.language ?? null,
    note: (text: string) => context.note(text),
  };
  const execution = await executionOf(context, flags.execute);
  const audits: { readonly name: string; readonly audit: Audit }[] = [];
  for (const subject of subjects)
    for (const pairs of await namedPairs(subject, place))
      audits.push({ name: pairs.name, audit: await audited(pairs, flags, execution) });
  if (flags.json) return context.printJson({ audits });
  const { columns, rows } = auditTable(audits);
  context.printTable(
    columns.map((name) => ({ name, align: 'left' as const, isImportant: true })),
    rows,
  );
  const say = (text: string): void => context.print(wrap(text, context.width ?? 100, '  ').join('\n'));
  context.print('');
  say(auditNote);
  for (const { name, audit } of audits) for (const flag of audit.flags) say(`! ${name}: ${flag}`);
}

function audited(
  { trained, heldOut, tokenizer }: NamedPairs,
  { number: sample, seed }: AuditFlags,
  execution: AuditOptions['execution'],
): Promise<Audit> {
  return auditPairs({ trained, heldOut, tokenizer, sample, seed, execution });
}

/** Untrusted code runs only where it is asked for. */
async function executionOf(context: CliContext, file: string | undefined): Promise<AuditOptions['execution']> {
  if (file === undefined) return null;
  const tests = await readTests(file);
  const sandbox = openSandbox(context.host.env['HARNESS_PYTHON'] ?? 'python3');
  if (sandbox === null)
    throw new UserError('--execute needs Python 3, which is not there', {
      exitCode: 3,
      hint: 'Install python3, or name one in HARNESS_PYTHON.',
    });
  if (!sandbox.isOffline)
    context.note('harness: `unshare` may not take the network away here: the code that is run could use it');
  return { tests, sandbox };
}
