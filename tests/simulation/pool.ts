import { TextLineStream } from "./text_lines.ts";
import type { Failure, RunOptions } from "./run.ts";

/** The result of one run in another process. */
export interface WorkerAnswer {
  options: RunOptions;
  failure: Failure | null;
}

/** Which seeds to run: consecutive ones from `seed`. */
export interface SeedRange {
  seed: number;
  runs: number;
  organizations: number;
  days: number;
}

const PROCESSES = Math.max(1, Math.min(navigator.hardwareConcurrency, 8));

/**
 * Runs seeds in one process per core.
 *
 * @param onAnswer Called for each run; returns false to stop all.
 * @param folder The project to simulate; this one by default.
 * @throws {Error} If a process fails, which is no result of a run.
 */
export async function runSeeds(
  range: SeedRange,
  onAnswer: (answer: WorkerAnswer) => boolean,
  folder: string = Deno.cwd(),
  processes = PROCESSES,
): Promise<void> {
  const step = Math.min(processes, range.runs);
  const children = Array.from(
    { length: step },
    (_, index) => start(folder, { ...range, ...shareOf(range, index), step }),
  );
  let stopped = false;
  const stop = () => {
    stopped = true;
    for (const child of children) if (isRunning(child)) child.kill("SIGKILL");
  };
  await Promise.all(children.map(async (child) => {
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      if (!stopped && !onAnswer(JSON.parse(line))) stop();
    }
    const { success } = await child.status;
    ended.add(child);
    if (!success && !stopped) throw new Error("a simulation process failed");
  }));
}

const ended = new WeakSet<Deno.ChildProcess>();

function isRunning(child: Deno.ChildProcess): boolean {
  return !ended.has(child);
}

function shareOf({ seed, runs }: SeedRange, index: number) {
  return { seed: seed + index, runs: runs - index };
}

function start(
  folder: string,
  range: SeedRange & { step: number },
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--quiet"],
      ...["tests/simulation/worker.ts", JSON.stringify(range)],
    ],
    cwd: folder,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
