/** The parameters that a stage starts from when it has no backbone: random ones, or those of a checkpoint. */
import type { StartKind } from '../kinds/index.ts';
import { initParameters, loadModelFolder, modelConfig, type Parameters } from '../model/index.ts';
import { kindOf, type KindSpec } from '../spec/index.ts';
import type { BaselineConfig, FinetuneConfig, PretrainConfig, TokenizerConfig } from './configs.ts';
import { located, requireUnchanged } from './kind-io.ts';
import type { StageContext } from './stage-kind.ts';

/** @throws UserError where the checkpoint cannot be read. */
export async function startParameters(
  context: StageContext<PretrainConfig | FinetuneConfig | BaselineConfig>,
): Promise<Parameters> {
  const { config } = context.stage;
  if (config.start === null || config.start === undefined) return initParameters(modelConfig(config), config.seed);
  const { kind, spec } = stageStart(context);
  return kind.parameters(spec, modelConfig(config), config.seed);
}

/** The start of a stage that has one. @throws UserError (2) where its files are not those of the plan. */
export function stageStart({
  stage,
  kinds,
}: StageContext<TokenizerConfig | PretrainConfig | FinetuneConfig | BaselineConfig>): {
  readonly kind: StartKind;
  readonly spec: KindSpec;
} {
  const spec = located(stage, 'start');
  const kind = kindOf(kinds.starts, spec);
  requireUnchanged(kind, spec, stage.config.startDigest ?? null);
  return { kind, spec };
}

/** Of the pretraining that the stage depends on; without one, of the start. */
export async function backboneParameters(context: StageContext<BaselineConfig | FinetuneConfig>): Promise<Parameters> {
  const backbone = context.inputFolders['backbone'];
  return backbone === undefined ? startParameters(context) : (await loadModelFolder(backbone)).parameters;
}
