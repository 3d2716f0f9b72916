/**
 * What a plan will take: predicted before it runs, and refused where it will not fit. The reasoning is in `cost/`,
 * which is loaded when it is needed.
 */
import type { ForecastBasis, PlanExpectation } from '../plan/index.ts';
import type { ExpectOptions } from './cost/index.ts';

/** Reads what the results folder has on record; changes nothing. */
export async function expectPlan(options: ExpectOptions): Promise<PlanExpectation> {
  const cost = await import('./cost/index.ts');
  return {
    ...(await cost.expectPlan(options)),
    workers: options.execution.workers,
    availableMemory: cost.availableMemory(),
  };
}

/** What the time left of a sweep is told from. @throws UserError (3) where it would not fit into memory. */
export async function expectBeforeStart(options: ExpectOptions): Promise<ForecastBasis> {
  const cost = await import('./cost/index.ts');
  const { plan, execution } = options;
  // Devices other than the CPU have memory of their own, which nothing here can ask for.
  if (execution.device === 'cpu') {
    const available = cost.availableMemory();
    cost.refuseTooLarge(
      { plan, memory: await cost.expectMemory(options, available.bytes), workers: execution.workers },
      available,
    );
  }
  return (await cost.forecastBasis(options)).basis;
}
