import type { Snapshot } from "../snapshot.ts";
import type { Build, BuiltRoute } from "./builder.ts";
import { memorySnapshot } from "./memory.ts";
import { dirname, relativeImport, relativePath } from "./paths.ts";
import type { BuiltFile } from "./statics.ts";

/**
 * Writes a build: the server's entry, the snapshot and generated static files.
 * It refers to the project's sources and other static files by relative paths.
 */
export async function writeBuild(build: Build): Promise<Snapshot> {
  const { outDir, root } = build.config;
  if (`${root}/`.startsWith(`${outDir}/`)) {
    throw new Error(`Cannot build to ${outDir}: it holds the project itself`);
  }
  await removeIfThere(outDir);
  await Deno.mkdir(outDir, { recursive: true });
  const files: [string, string][] = [
    ["snapshot.js", snapshotSource(build)],
    ["server.js", serverSource(build)],
    ["compiled-entry.js", COMPILED_ENTRY],
  ];
  for (const [name, text] of files) {
    await Deno.writeTextFile(`${outDir}/${name}`, text);
  }
  for (const file of build.statics) await writeStatic(outDir, file);
  console.log(`Assets written to: ${outDir}`);
  return await memorySnapshot(build);
}

async function removeIfThere(path: string) {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function writeStatic(outDir: string, { pathname, content }: BuiltFile) {
  if (content === null) return;
  const path = `${outDir}/static${pathname}`;
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, content);
}

const HEADER = "// Written by the build: changes are lost with the next one.\n";

function snapshotSource({ config, routes, bundled, statics }: Build): string {
  const { root, outDir, buildId } = config;
  const specifier = (path: string) => quote(relativeImport(outDir, path));
  const eager = routes.filter((route) => route.isEager);
  const imports = eager.map((route, i) =>
    `import * as eager${i} from ${specifier(route.path)};\n`
  );
  const files = routes.map((route) =>
    fileSource(route, root, specifier(route.path), eager.indexOf(route))
  );
  const islands = bundled.islands.map(({ path, ...island }) =>
    `    { ...${JSON.stringify(island)}, load: () => import(${
      specifier(path)
    }) },\n`
  );
  return `${HEADER}import { applySnapshot, fromDisk } from "fresh/internal";
${imports.join("")}
const snapshot = fromDisk({
  buildId: ${quote(buildId)},
  root: new URL(${
    quote(relativeImport(outDir, root) + "/")
  }, import.meta.url).href,
  files: [
${files.join("")}  ],
  islands: [
${islands.join("")}  ],
  scripts: ${JSON.stringify(bundled.scripts)},
  statics: ${JSON.stringify(staticPaths(statics, root, outDir))},
});

export function applyBuild(app) {
  app.config.mode = "production";
  applySnapshot(app, snapshot);
}
`;
}

function fileSource(
  { kind, segment, pattern, path }: BuiltRoute,
  root: string,
  specifier: string,
  eager: number,
): string {
  const known = JSON.stringify({
    kind,
    file: path.slice(root.length + 1),
    segment,
    pattern,
  });
  const module = eager === -1 ? "" : `, eager: eager${eager}`;
  return `    { ...${known}, load: () => import(${specifier})${module} },\n`;
}

function staticPaths(statics: BuiltFile[], root: string, outDir: string) {
  return statics.map(({ pathname, hash, path }) => [
    pathname,
    hash,
    relativePath(root, path ?? `${outDir}/static${pathname}`),
  ]);
}

function serverSource({ config: { outDir, serverEntry } }: Build): string {
  return `${HEADER}import { app } from ${
    quote(relativeImport(outDir, serverEntry))
  };
import { applyBuild } from "./snapshot.js";

applyBuild(app);

export default { fetch: app.handler() };
`;
}

const COMPILED_ENTRY = `${HEADER}import server from "./server.js";

const port = Number(Deno.env.get("PORT") ?? 8000);
const hostname = Deno.env.get("HOSTNAME") ?? "0.0.0.0";
Deno.serve({ port, hostname }, server.fetch);
`;

function quote(text: string): string {
  return JSON.stringify(text);
}
