import { dirname, join, toFileUrl } from "./paths.ts";

/** The parts of a `deno.json` that affect a build. */
export interface ProjectConfig {
  /** The absolute path of the file. */
  path: string;
  imports: Record<string, string>;
  scopes: Record<string, Record<string, string>>;
  links: string[];
  compilerOptions: CompilerOptions;
}

interface CompilerOptions {
  jsx?: string;
  jsxImportSource?: string;
  jsxPrecompileSkipElements?: string[];
  [option: string]: unknown;
}

/** Elements that precompiled JSX must leave to the renderer. */
const SKIP_ELEMENTS = [
  "a",
  "img",
  "source",
  "body",
  "html",
  "head",
  "title",
  "meta",
  "script",
  "link",
  "style",
  "base",
  "noscript",
  "template",
];

/**
 * Finds the nearest `deno.json` or `deno.jsonc` at or above `root` that has
 * `compilerOptions`, and validates them.
 *
 * @throws {Error} If there is none, `jsxImportSource` is missing, or
 * `jsxPrecompileSkipElements` lacks a required element.
 */
export async function readProjectConfig(root: string): Promise<ProjectConfig> {
  const config = await findConfig(root);
  if (config === null) {
    throw new Error(
      `Cannot build ${root}: no deno.json with compilerOptions at or above it`,
    );
  }
  const { compilerOptions, path } = config;
  if (compilerOptions.jsxImportSource === undefined) {
    throw new Error(`Cannot build ${root}: ${path} sets no jsxImportSource`);
  }
  const skipped = compilerOptions.jsxPrecompileSkipElements ?? [];
  const missing = SKIP_ELEMENTS.filter((name) => !skipped.includes(name));
  if (compilerOptions.jsx === "precompile" && missing.length > 0) {
    throw new Error(
      `Cannot build ${root}: jsxPrecompileSkipElements in ${path} lacks ${
        missing.join(" ")
      }`,
    );
  }
  return config;
}

async function findConfig(root: string): Promise<ProjectConfig | null> {
  for (let folder = root;; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const config = await readConfig(join(folder, name));
      if (config !== null) return config;
    }
    if (folder === dirname(folder)) return null;
  }
}

async function readConfig(path: string): Promise<ProjectConfig | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  const json = parseJsonc(text) as Partial<ProjectConfig>;
  if (json.compilerOptions === undefined) return null;
  const { imports = {}, scopes = {}, links = [], compilerOptions } = json;
  return { path, imports, scopes, links, compilerOptions };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

const STRING = String.raw`"(?:\\.|[^"\\])*"`;
const COMMENT = new RegExp(`${STRING}|//[^\n]*|/\\*[\\s\\S]*?\\*/`, "g");
const LAST_COMMA = new RegExp(`${STRING}|,(?=\\s*[}\\]])`, "g");

/** Parses JSON with comments and trailing commas. */
function parseJsonc(text: string): unknown {
  const keepStrings = (match: string) => match.startsWith('"') ? match : "";
  return JSON.parse(
    text.replaceAll(COMMENT, keepStrings).replaceAll(LAST_COMMA, keepStrings),
  );
}

/**
 * The configuration for another folder and for browsers. Paths are absolute,
 * and JSX compiles to calls: precompiled JSX is text, which an island cannot
 * hydrate.
 */
export function browserConfig(config: ProjectConfig): Record<string, unknown> {
  const folder = dirname(config.path);
  const { jsxPrecompileSkipElements: _, ...options } = config.compilerOptions;
  const jsx = options.jsx === "precompile" ? "react-jsx" : options.jsx;
  return {
    imports: absolute(config.imports, folder),
    scopes: Object.fromEntries(
      Object.entries(config.scopes)
        .map(([scope, imports]) => [scope, absolute(imports, folder)]),
    ),
    links: config.links.map((link) => join(folder, link)),
    nodeModulesDir: "none",
    compilerOptions: { ...options, jsx },
  };
}

function absolute(imports: Record<string, string>, folder: string) {
  const base = toFileUrl(folder + "/");
  return Object.fromEntries(
    Object.entries(imports).map(([name, target]) => [
      name,
      target.startsWith(".") ? new URL(target, base).href : target,
    ]),
  );
}
