/**
 * `deno task published`: checks, builds and tests the app with Fresh and
 * `@std/assert` from JSR.
 */
const JSR_UNREACHABLE = 3;

/** Build output, and the linked packages with the lock file that names them. */
const NOT_COPIED = [
  ...[".git", "_fresh", "data", "node_modules"],
  ...["packages", "deno.lock"],
];

const STEPS = [["check"], ["task", "build"], ["task", "test"]];

if (import.meta.main) Deno.exit(await runPublished());

async function runPublished(): Promise<number> {
  // Deno reads the same variable.
  const jsrUrl = Deno.env.get("JSR_URL") ?? "https://jsr.io";
  if (!await isReachable(jsrUrl)) {
    console.error(
      `Cannot reach JSR at ${jsrUrl}: the published packages were not tested.`,
    );
    return JSR_UNREACHABLE;
  }
  const config = publishedConfig(await Deno.readTextFile("deno.json"));
  const folder = await Deno.makeTempDir();
  try {
    await copyFolder(".", folder, NOT_COPIED);
    await Deno.writeTextFile(`${folder}/deno.json`, config);
    return await runSteps(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Removes `links` from the text of a `deno.json`. */
export function publishedConfig(text: string): string {
  const { links: _, ...config } = JSON.parse(text);
  return JSON.stringify(config, null, 2) + "\n";
}

async function isReachable(jsrUrl: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/@fresh/core/meta.json", jsrUrl));
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * The steps run in a copy of the project whose `deno.json` has no `links`, as
 * the build and the tests start processes that read the file of that name.
 */
async function copyFolder(from: string, to: string, except: string[]) {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (except.includes(name)) continue;
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (!isDirectory) {
      await Deno.copyFile(source, target);
      continue;
    }
    await Deno.mkdir(target);
    await copyFolder(source, target, []);
  }
}

async function runSteps(folder: string): Promise<number> {
  for (const args of STEPS) {
    console.log(`deno ${args.join(" ")}`);
    const command = new Deno.Command(Deno.execPath(), { args, cwd: folder });
    const { success } = await command.spawn().status;
    if (!success) return 1;
  }
  return 0;
}
