import { bundle, type BundleEntry, importUrl } from "./bundle.ts";
import { fromFileUrl } from "./paths.ts";
import type { ProjectConfig } from "./project_config.ts";
import type { Scripts } from "../snapshot.ts";

/** An island module and its names in pages. */
export interface IslandSource {
  /** A unique identifier. */
  name: string;
  /** The absolute path. */
  path: string;
  /** The URL path of its script. */
  file: string;
  /** The paths of all scripts that it imports. */
  imports: string[];
}

/** The result of bundling a build's islands. */
export interface BundledIslands {
  islands: IslandSource[];
  scripts: Scripts;
  /** Script texts by URL path. */
  files: Map<string, string>;
}

interface BundleOptions {
  config: ProjectConfig;
  buildId: string;
  isDev: boolean;
}

/**
 * Bundles the islands and, in development, the reload script. Without either,
 * the result is empty.
 */
export async function bundleIslands(
  paths: string[],
  { config, buildId, isDev }: BundleOptions,
): Promise<BundledIslands> {
  const base = `/_fresh/js/${buildId}/`;
  const islands = nameIslands(paths, base);
  const entries = await entriesOf(islands);
  if (isDev) entries.push(reexport("fresh-dev", runtimeFile("dev_client.ts")));
  const bundled = entries.length === 0
    ? new Map<string, string>()
    : await bundle(entries, config);
  const files = new Map(
    [...bundled].map(([name, text]) => [base + name, text]),
  );
  const scripts = {
    signals: `${base}fresh-signals.js`,
    dev: isDev ? `${base}fresh-dev.js` : null,
  };
  const withImports = islands.map((island) => ({
    ...island,
    imports: allImports(island.file, files, base),
  }));
  return { islands: withImports, scripts, files };
}

type NamedIsland = Omit<IslandSource, "imports">;

function nameIslands(paths: string[], base: string): NamedIsland[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const name = uniqueName(identifierOf(path), taken);
    return { name, path, file: `${base}${name}.js` };
  });
}

/** `islands/my-island.tsx` is `my_island`. */
function identifierOf(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const name = file.replace(/\.\w+$/, "").replaceAll(/[^\w$]/g, "_");
  return /^\d/.test(name) ? `_${name}` : name;
}

function uniqueName(base: string, taken: Set<string>): string {
  let name = base;
  // File systems may be case-insensitive.
  for (let i = 1; taken.has(name.toLowerCase()); i++) name = `${base}_${i}`;
  taken.add(name.toLowerCase());
  return name;
}

async function entriesOf(islands: NamedIsland[]): Promise<BundleEntry[]> {
  if (islands.length === 0) return [];
  const texts = await Promise.all(
    islands.map(({ path }) => Deno.readTextFile(path)),
  );
  const allUseSignals = texts.every((text) => text.includes("@preact/signals"));
  const client = importUrl(
    runtimeFile(allUseSignals ? "client_with_signals.ts" : "client.ts"),
  );
  const signals = reexport("fresh-signals", runtimeFile("signals.ts"));
  return [
    { ...signals, source: `${signals.source}import ${client};` },
    ...islands.map(({ name, path }, i) => ({
      name,
      source: islandEntry(path, texts[i]!, client),
    })),
  ];
}

/** Each island's script also exports the runtime, which saves a request. */
function islandEntry(path: string, text: string, client: string): string {
  const url = importUrl(path);
  const hasDefault = /\bexport\s+default\b|\bas\s+default\b/.test(text);
  return [
    `export { boot as $boot } from ${client};`,
    `export * from ${url};`,
    hasDefault ? `export { default } from ${url};` : "",
  ].join("");
}

function reexport(name: string, path: string): BundleEntry {
  return { name, source: `export * from ${importUrl(path)};` };
}

function runtimeFile(name: string): string {
  return fromFileUrl(new URL(`../runtime/${name}`, import.meta.url));
}

/** All direct and indirect imports of a script, for preloading. */
function allImports(
  file: string,
  files: Map<string, string>,
  base: string,
): string[] {
  const found = new Set([file]);
  for (const path of found) {
    for (const name of importsOf(files.get(path) ?? "")) found.add(base + name);
  }
  found.delete(file);
  return [...found];
}

function importsOf(script: string): string[] {
  const found = script.matchAll(/\b(?:from|import)\s*["']\.\/([^"']+)["']/g);
  return [...found].map((match) => match[1]!);
}
