import { assert, assertEquals } from "@std/assert";

const BASE = ["lib/errors.ts", "lib/log.ts", "lib/telemetry.ts"];
const SHARED = [...BASE, "lib/async", "lib/config"];
/** Names the interfaces that every domain function takes. */
const SERVICES = ["lib/services.ts", "lib/sandbox.ts"];
const AUTH = [...SHARED, ...SERVICES, "lib/store"];
const BILLING = [...AUTH, "lib/auth"];
const WALLET = [...BILLING, "lib/billing"];
const HTTP = [...WALLET, "lib/wallet", "lib/webhooks", "lib/state.ts"];

/** The rooms that a room may import besides itself; see docs/architecture.md. */
const ALLOWED: Record<string, readonly string[]> = {
  "lib/errors.ts": [],
  "lib/log.ts": ["lib/errors.ts"],
  "lib/telemetry.ts": ["lib/errors.ts", "lib/log.ts"],
  "lib/async": BASE,
  "lib/config": BASE,
  "lib/store": SHARED,
  "lib/sandbox.ts": SHARED,
  "lib/auth": AUTH,
  "lib/billing": BILLING,
  "lib/wallet": WALLET,
  "lib/webhooks": [...WALLET, "lib/wallet"],
  "lib/reconcile.ts": [...WALLET, "lib/wallet"],
  "lib/http": HTTP,
  "packages/client": [],
  "packages/local-stripe": [],
};

/** Rooms outside lib that nothing in lib may import. */
const OUTSIDE = ["sandbox", "routes", "tasks", "tests", "packages"];

const FOLDERS = [
  ...["lib", "components", "islands", "routes", "sandbox", "tasks"],
  ...["packages/client", "packages/local-stripe"],
];

function roomOf(file: string): string {
  return /^(?:lib|packages)\/[^/]+/.exec(file)?.[0] ??
    file.split("/", 1)[0] ?? file;
}

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

/** Static and dynamic imports and re-exports, of types as well. */
const IMPORT = /(?:\bfrom|\bimport\(|\bimport)\s*"((?:@\/|\.{1,2}\/)[^"]+)"/g;

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

async function readImports(): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>();
  for (const folder of FOLDERS) {
    for await (const file of sourceFiles(folder)) {
      const text = await Deno.readTextFile(file);
      // Examples in doc comments import, too.
      const code = text.replaceAll(/\/\*.*?\*\//gs, "");
      const specifiers = [...code.matchAll(IMPORT)].map(([, path]) => path);
      imports.set(file, specifiers.map((path) => resolve(file, path ?? "")));
    }
  }
  return imports;
}

const imports = await readImports();

Deno.test("imports follow the arrows between rooms", () => {
  assert(imports.size > 300, `${imports.size} files`);
  const wrong = [...imports].flatMap(([file, targets]) => {
    const room = roomOf(file);
    return targets.map(roomOf).filter((target) => {
      if (target === room) return false;
      const allowed = ALLOWED[room];
      if (allowed !== undefined) return !allowed.includes(target);
      return room.startsWith("lib/") &&
        OUTSIDE.some((outside) => target.startsWith(outside));
    }).map((target) => `${file} imports ${target}`);
  });
  assertEquals(wrong, []);
});

Deno.test("no modules import each other in a cycle", () => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (done.has(file)) return;
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file].join(" → "));
      return;
    }
    for (const target of imports.get(file) ?? []) {
      visit(target, [...path, file]);
    }
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  assertEquals(cycles, []);
});
