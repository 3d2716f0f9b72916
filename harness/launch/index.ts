/** Launchers: how stages get processes. */
export type { Launcher, LiveMessage, Slot } from './launcher.ts';
export { LocalLauncher } from './local.ts';
export type { MessageFromWorker, MessageToWorker } from './worker-messages.ts';
export type { WorkerReply } from './worker-reply.ts';
export { SlurmLauncher } from './slurm/slurm-launcher.ts';
export { requireSlurm } from './slurm/ask-slurm.ts';
