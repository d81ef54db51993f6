import { type Failure, type RunOptions, simulate } from "./run.ts";
import { type Step, stepsOf } from "./steps.ts";

/** Runs that a reduction may take. */
const MAX_RUNS = 150;

/** A failing run with as few steps and faults as the reduction reached. */
export interface Reduced {
  steps: Step[];
  failure: Failure;
}

/**
 * Reduces a failing run: leaves out organizations, then steps in ever smaller
 * parts, and takes the faults from the rest. Any failure counts: the first cause
 * is usually the same.
 */
export async function reduce(
  options: RunOptions,
  failure: Failure,
): Promise<Reduced> {
  let best: Reduced = {
    steps: [...options.steps ?? stepsOf(options.seed, options)],
    failure,
  };
  let runs = 0;
  const attempt = async (steps: Step[]): Promise<boolean> => {
    if (runs >= MAX_RUNS || steps.length === best.steps.length + 1) {
      return false;
    }
    runs += 1;
    const result = await simulate({ ...options, steps });
    if (result.failure === null) return false;
    best = { steps, failure: result.failure };
    return true;
  };
  const { stepId } = failure;
  const last = best.steps.findIndex(({ id }) => id === stepId);
  if (last >= 0) await attempt(best.steps.slice(0, last + 1));
  for (const org of new Set(best.steps.map((step) => step.org))) {
    await attempt(best.steps.filter((step) => step.org !== org));
  }
  await removeParts(() => best.steps, attempt);
  await attempt(best.steps.map((step) => ({ ...step, calm: true })));
  for (const { id } of best.steps) {
    await attempt(
      best.steps.map((step) => step.id === id ? { ...step, calm: true } : step),
    );
  }
  return best;
}

async function removeParts(
  current: () => Step[],
  attempt: (steps: Step[]) => Promise<boolean>,
): Promise<void> {
  let size = Math.ceil(current().length / 2);
  while (size >= 1) {
    let removed = false;
    for (let first = 0; first < current().length;) {
      if (await attempt(current().toSpliced(first, size))) removed = true;
      else first += size;
    }
    if (size === 1 && !removed) return;
    size = removed && size === 1 ? 1 : Math.floor(size / 2);
  }
}
