/**
 * `deno task simulate`: runs seeds, reduces the first failure and prints it as
 * a story of steps.
 */
import { parseArgs } from "node:util";
import { runSeeds, type WorkerAnswer } from "./pool.ts";
import { reduce } from "./reduce.ts";
import { type Failure, type RunOptions, simulate } from "./run.ts";
import { type Step, stepsOf } from "./steps.ts";
import { storyOf } from "./story.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "1" },
    organizations: { type: "string", default: "10" },
    days: { type: "string", default: "60" },
    /** The steps of a reduced run, as its story prints them. */
    only: { type: "string" },
    trace: { type: "boolean", default: false },
    /** Continues after a failure, and reduces none. */
    all: { type: "boolean", default: false },
  },
});

function wholeNumber(name: "seed" | "runs" | "organizations" | "days"): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name} must be a whole number.`);
  Deno.exit(2);
}

const seed = wholeNumber("seed");
const runs = wholeNumber("runs");
const organizations = wholeNumber("organizations");
const days = wholeNumber("days");

const startedMs = performance.now();
const failed = values.only === undefined && runs > 1
  ? await runMany()
  : await runOne(values.only);
Deno.exit(failed ? 1 : 0);

async function runOne(only: string | undefined): Promise<boolean> {
  const options: RunOptions = { seed, organizations, days };
  if (only !== undefined) options.steps = chosenSteps(options, only);
  const { failure, trace } = await simulate(options);
  if (values.trace) console.log(trace.join("\n"));
  if (failure === null) {
    console.log(`Seed ${seed} passes: ${trace.length} operations.`);
    return false;
  }
  await explain(options, failure);
  return true;
}

function chosenSteps(options: RunOptions, only: string): Step[] {
  const chosen = new Map(
    only.split(",").map((id) => [parseInt(id), id.endsWith("c")]),
  );
  return stepsOf(seed, options).filter(({ id }) => chosen.has(id))
    .map((step) => ({ ...step, calm: chosen.get(step.id) ?? false }));
}

async function runMany(): Promise<boolean> {
  const failures: WorkerAnswer[] = [];
  let done = 0;
  await runSeeds({ seed, runs, organizations, days }, (answer) => {
    done += 1;
    if (answer.failure === null) return true;
    failures.push(answer);
    const [summary] = answer.failure.message.split("\n");
    console.log(`Seed ${answer.options.seed} fails: ${summary}`);
    return values.all;
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const speed = Math.round(done * organizations * days / seconds);
  console.log(
    `${done} runs in ${seconds.toFixed(1)} s, ${failures.length} failed: ` +
      `${speed} organization-days a second.`,
  );
  const [first] = failures;
  if (first?.failure && !values.all) {
    await explain(first.options, first.failure);
  }
  return failures.length > 0;
}

async function explain(options: RunOptions, failure: Failure): Promise<void> {
  console.log(failure.message);
  console.log("Reducing the failure…");
  const reduced = await reduce(options, failure);
  console.log(storyOf(options, reduced.steps, reduced.failure));
}
