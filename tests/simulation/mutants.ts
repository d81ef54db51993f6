/**
 * `deno task simulate:mutants`: plants each defect in a copy of the project,
 * and fails unless the simulation finds it.
 */
import { dirname, join } from "node:path";
import { type Mutation, MUTATIONS, plant } from "./mutations.ts";
import { runSeeds } from "./pool.ts";

/** Each defect must show within this many seeds. */
const SEEDS = 400;
const RANGE = { seed: 1, runs: SEEDS, organizations: 10, days: 60 };

const [wanted = ""] = Deno.args;
const folder = await copyProject();
let missed = 0;
try {
  for (const mutation of MUTATIONS) {
    if (!mutation.name.includes(wanted)) continue;
    if (!await isFound(mutation)) missed += 1;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${missed} defects were not found.`);
Deno.exit(missed === 0 ? 0 : 1);

async function copyProject(): Promise<string> {
  const to = await Deno.makeTempDir({ prefix: "simulation-" });
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-co", "--exclude-standard", "-z"],
  }).output();
  const files = new TextDecoder().decode(stdout).split("\0");
  for (const file of files) {
    if (!/\.(tsx?|json|lock|css|svg)$/.test(file)) continue;
    await Deno.mkdir(join(to, dirname(file)), { recursive: true });
    await Deno.copyFile(file, join(to, file));
  }
  return to;
}

async function isFound(mutation: Mutation): Promise<boolean> {
  const path = join(folder, mutation.file);
  const original = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, plant(original, mutation));
  try {
    return await simulateMutant(mutation);
  } finally {
    await Deno.writeTextFile(path, original);
  }
}

async function simulateMutant({ name }: Mutation): Promise<boolean> {
  let runs = 0;
  let found: string | null = null;
  await runSeeds(RANGE, ({ options, failure }) => {
    runs += 1;
    if (failure === null) return true;
    found ??= `seed ${options.seed}: ${failure.message.split("\n")[0]}`;
    return false;
  }, folder);
  console.log(
    `${found === null ? "NOT FOUND" : "found"} in ${runs} runs: ${name}`,
  );
  if (found !== null) console.log(`  ${found}`);
  return found !== null;
}
