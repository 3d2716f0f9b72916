/** The single edits of one function, for tests. */
import { openCode } from '../../../harness/data/index.ts';
import { applyEdits } from '../../../harness/data/mutate/edit.ts';
import { editSite } from '../../../harness/data/mutate/edit-site.ts';
import { javascriptEdits } from '../../../harness/data/mutate/javascript-edits.ts';
import { editsByRule } from '../../../harness/data/mutate/propose.ts';
import { pythonEdits } from '../../../harness/data/mutate/python-edits.ts';

/** Kind and body of every mutant with one edit. */
export async function singleMutants(
  language: string,
  signature: string,
  body: string,
): Promise<readonly (readonly [kind: string, body: string])[]> {
  const code = (await openCode(language))?.read(signature, body) ?? null;
  if (code === null) throw new Error(`does not parse: ${signature}${body}`);
  const site = editSite(code, language === 'python' ? pythonEdits : javascriptEdits);
  return editsByRule(site)
    .flatMap(({ edits }) => edits)
    .map((edit) => {
      const text = applyEdits(code.text, [edit]);
      return [edit.kind, text.slice(code.bodyStart, text.length - (code.text.length - code.bodyEnd))];
    });
}
