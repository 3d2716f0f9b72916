/** Exit codes of what a signal stopped, as shells count them: 128 and the signal's number. */
export const interruptedExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
