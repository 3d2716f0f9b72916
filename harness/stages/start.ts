/** The parameters that a stage starts from when it has no backbone: random ones, or those of a checkpoint. */
import { initParameters, loadModelFolder, modelConfig, type Parameters } from '../model/index.ts';
import { kindOf } from '../spec/index.ts';
import type { FinetuneConfig, PretrainConfig, BaselineConfig } from './configs.ts';
import { located } from './kind-io.ts';
import type { StageContext } from './stage-kind.ts';

/** @throws UserError where the checkpoint cannot be read. */
export async function startParameters(
  context: StageContext<PretrainConfig | FinetuneConfig | BaselineConfig>,
): Promise<Parameters> {
  const { stage, kinds } = context;
  const { seed } = stage.config;
  if (stage.config.start === null || stage.config.start === undefined)
    return initParameters(modelConfig(stage.config), seed);
  const start = located(stage, 'start');
  return kindOf(kinds.starts, start).parameters(start, modelConfig(stage.config), seed);
}

/** Of the pretraining that the stage depends on; without one, of the start. */
export async function backboneParameters(context: StageContext<BaselineConfig | FinetuneConfig>): Promise<Parameters> {
  const backbone = context.inputFolders['backbone'];
  return backbone === undefined ? startParameters(context) : (await loadModelFolder(backbone)).parameters;
}
