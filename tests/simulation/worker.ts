import { type RunOptions, simulate } from "./run.ts";
import type { WorkerAnswer } from "./pool.ts";

/** Makes the runs that the pool sends to this thread, one by one. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<RunOptions>) => void;
  postMessage(answer: WorkerAnswer): void;
};

scope.onmessage = async ({ data: options }) => {
  try {
    const { failure } = await simulate(options);
    scope.postMessage({ options, failure });
  } catch (error) {
    // The simulation itself is broken; without this the pool would wait.
    const message = `the simulation failed: ${errorText(error)}`;
    scope.postMessage({ options, failure: { message, stepId: null } });
  }
};

function errorText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
