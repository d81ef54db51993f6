import { dirname } from "node:path";
import { run } from "@/packages/local-stripe/clients/toolchain.ts";

const PACKAGE = "packages/client";

/**
 * Packs the client with `npm pack` and installs the tarball into a folder. The
 * package is built in a copy, as other tests may build it at the same time.
 */
export async function installClient(folder: string): Promise<void> {
  const source = `${folder}/source`;
  await Deno.mkdir(source);
  for await (const { name, isFile } of Deno.readDir(PACKAGE)) {
    if (isFile) await Deno.copyFile(`${PACKAGE}/${name}`, `${source}/${name}`);
  }
  // The package's script calls `deno`.
  const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
  const options = { cwd: source, env: { PATH: path } };
  const packed = await run("npm", ["pack", "--json"], options);
  const [{ filename }] = JSON.parse(packed);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
  const install = ["install", "--offline", `./source/${filename}`];
  await run("npm", install, { cwd: folder });
}
