/** What commands do with torch beside stages. Loaded only where it is asked for. */
export { describeTorch, type TorchDescription } from './describe-torch.ts';
export { installTorch, type InstalledTorch, type TorchInstall } from './install/install-torch.ts';
export { packageFolder } from './package-folder.ts';
export { openTorchScorer, type TorchScorer, type TorchScorerOptions } from './torch-scorer.ts';
export { torchWriter } from './torch-writer.ts';
