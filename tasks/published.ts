/**
 * `deno task published`: checks, builds and tests the app with Fresh and
 * `@std/assert` from JSR. Writes `deno.published.json`, which is `deno.json`
 * without `links`.
 */
const CONFIG = "deno.published.json";
const JSR_UNREACHABLE = 3;

/** Output, and the lock file, which names the linked packages. */
const NOT_COPIED = [".git", "_fresh", "data", "node_modules", "deno.lock"];

const STEPS = [["check"], ["task", "build"], ["task", "test"]];

if (import.meta.main) Deno.exit(await runPublished());

async function runPublished(): Promise<number> {
  const config = publishedConfig(await Deno.readTextFile("deno.json"));
  await Deno.writeTextFile(CONFIG, config);
  // Deno reads the same variable.
  const jsrUrl = Deno.env.get("JSR_URL") ?? "https://jsr.io";
  if (!await isReachable(jsrUrl)) {
    console.error(
      `Cannot reach JSR at ${jsrUrl}: the published packages were not tested.`,
    );
    return JSR_UNREACHABLE;
  }
  const folder = await Deno.makeTempDir();
  try {
    await copyProject(folder);
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
 * Copies the project without its linked packages. The steps run in a copy
 * without `links`, as the build and the tests start processes that read the
 * file named `deno.json`.
 */
export async function copyProject(to: string): Promise<void> {
  const { links } = JSON.parse(await Deno.readTextFile("deno.json"));
  const except = [...NOT_COPIED.map((name) => `./${name}`), ...links];
  await copyFolder(".", to, except);
}

async function copyFolder(from: string, to: string, except: string[]) {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (except.includes(source)) continue;
    if (!isDirectory) {
      await Deno.copyFile(source, target);
      continue;
    }
    await Deno.mkdir(target);
    await copyFolder(source, target, except);
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
