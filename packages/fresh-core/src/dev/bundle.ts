import { dirname, join, toFileUrl } from "./paths.ts";
import { browserConfig, type ProjectConfig } from "./project_config.ts";

/** An entry module to bundle. */
export interface BundleEntry {
  /** The name of the script, without its extension. */
  name: string;
  /** The source of the script's entry module. */
  source: string;
}

/**
 * Bundles and minifies modules for browsers with `Deno.bundle`. Shared code
 * goes into separate files. Runs in a child process because compiler options
 * apply per process, and a server compiles JSX differently from a browser.
 *
 * @returns Scripts by file name.
 * @throws {Error} With the bundler's output, if it fails.
 */
export async function bundle(
  entries: BundleEntry[],
  config: ProjectConfig,
): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "fresh-bundle-" });
  try {
    await writeInput(folder, entries, config);
    const scripts = await runWorker(folder, entries);
    return new Map(scripts.map(([path, text]) => [path, inlineEnv(text)]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeInput(
  folder: string,
  entries: BundleEntry[],
  config: ProjectConfig,
) {
  const json = JSON.stringify(browserConfig(config));
  await Deno.writeTextFile(join(folder, "deno.json"), json);
  await copyIfThere(
    join(dirname(config.path), "deno.lock"),
    join(folder, "deno.lock"),
  );
  for (const { name, source } of entries) {
    await Deno.writeTextFile(join(folder, `${name}.ts`), source);
  }
}

async function copyIfThere(from: string, to: string) {
  try {
    await Deno.copyFile(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function runWorker(
  folder: string,
  entries: BundleEntry[],
): Promise<[path: string, text: string][]> {
  const worker = new URL("./bundle_worker.ts", import.meta.url).href;
  const config = join(folder, "deno.json");
  const files = entries.map(({ name }) => join(folder, `${name}.ts`));
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--unstable-bundle", "-A"],
      ...["--config", config, worker, join(folder, "out"), ...files],
    ],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) {
    throw new Error(
      `Cannot bundle islands: ${new TextDecoder().decode(stderr)}`,
    );
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}

const ENV =
  /\b(?:Deno\.env\.get\(\s*["'`](FRESH_PUBLIC_\w+)["'`]\s*\)|process\.env\.(FRESH_PUBLIC_\w+))/g;

/** Replaces `FRESH_PUBLIC_…` variables with their values at build time. */
function inlineEnv(script: string): string {
  return script.replaceAll(ENV, (_, fromDeno, fromProcess) => {
    const value = Deno.env.get(fromDeno ?? fromProcess);
    return value === undefined ? "void 0" : JSON.stringify(value);
  });
}

/** A file's import specifier in an entry's source. */
export function importUrl(path: string): string {
  return JSON.stringify(toFileUrl(path).href);
}
