/**
 * A model of the Hugging Face hub, by its name and commit. `harness data model` brings it into the cache; planning and
 * training read it there, and never the network. It is then a checkpoint like any other.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { commitPattern, hubFolder, modelPattern, modelsVariable } from '../../data/index.ts';
import type { RuleBreak } from '../../spec/index.ts';
import type { StartKind } from '../kind.ts';
import { checkpoint, checkpointFields } from './checkpoint.ts';

const schema = z.strictObject({
  kind: z.literal('hub'),
  model: z.string().regex(modelPattern).describe('ORG/NAME, as on its page.'),
  revision: z
    .string()
    .regex(commitPattern)
    .describe('The commit, 40 characters: branches move. `harness data model ORG/NAME` prints it.'),
  ...checkpointFields,
});

type HubSpec = z.output<typeof schema>;
type CheckpointSpec = Parameters<typeof checkpoint.provides>[0];

export const hub: StartKind<HubSpec> = {
  kind: 'hub',
  schema,
  restated: ['name', 'contextLength', 'rewardPooling', 'responseEnd'],
  rules: hubRules,
  digest: (spec) => checkpoint.digest?.(inCache(spec)) ?? null,
  templatesDigest: (spec) => checkpoint.templatesDigest?.(inCache(spec)) ?? null,
  provides: (spec) => checkpoint.provides(inCache(spec)),
  parameters: (spec, model, seed) => checkpoint.parameters(inCache(spec), model, seed),
  folder: (spec) => folderOf(spec),
  tokenizerFiles: (spec) => checkpoint.tokenizerFiles(inCache(spec)),
};

function folderOf(spec: HubSpec): string {
  return hubFolder(process.env[modelsVariable] ?? '', spec);
}

function inCache({ model, revision, name, ...rest }: HubSpec): CheckpointSpec {
  const slug = model
    .toLowerCase()
    .split('/')[1]
    ?.replaceAll(/[^a-z0-9]+/g, '-');
  return {
    ...rest,
    kind: 'checkpoint',
    path: folderOf({ model, revision, name, ...rest }),
    name: name ?? (slug?.replaceAll(/^-+|-+$/g, '') || null),
  };
}

function hubRules(spec: HubSpec): readonly RuleBreak[] {
  const folder = folderOf(spec);
  if (existsSync(folder))
    return (checkpoint.rules?.(inCache(spec)) ?? []).map((broken) => ({
      ...broken,
      fields: broken.fields.map((field) => (field === 'path' ? 'model' : field)),
    }));
  return [
    {
      fields: ['model', 'revision'],
      expected: 'a model that is in the cache',
      found: `no folder ${folder}`,
      suggestion: `\`harness data model ${spec.model} --revision ${spec.revision}\` brings it there`,
    },
  ];
}
