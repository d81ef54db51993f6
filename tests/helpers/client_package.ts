import { dirname } from "node:path";
import { run } from "@/packages/local-stripe/clients/toolchain.ts";

const PACKAGE = "packages/client";

/**
 * Packs the client with `npm pack` and installs the tarball into a folder, with
 * other packages. Packs a copy, as packing writes to the package's folder.
 */
export async function installClient(
  folder: string,
  packages: string[],
): Promise<void> {
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
  const install = ["install", "--prefer-offline", `./source/${filename}`];
  await run("npm", [...install, ...packages], { cwd: folder });
}
