// Loaded into a process that is measured (`node --import`): says at its end what it took.
import { appendFileSync } from 'node:fs';

const started = performance.now();
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { ms: performance.now() - started, maxRss: maxRSS * 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  appendFileSync(process.env['HARNESS_USAGE'], `${JSON.stringify(usage)}\n`);
});
