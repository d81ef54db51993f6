/** Sizes of scripts in bytes, each file compressed with gzip. */
export interface ScriptBytes {
  /** The app's own code. */
  own: number;
  /** Fresh's runtime and Preact. */
  framework: number;
}

/** Measures the scripts that a page loads. */
export async function scriptBytes(
  url: string,
  headers: HeadersInit,
): Promise<ScriptBytes> {
  const response = await fetch(url, { headers });
  const html = await response.text();
  if (response.status !== 200) {
    throw new Error(`Cannot measure ${url}: status ${response.status}`);
  }
  const found = new Map<string, string>();
  const named = `${response.headers.get("Link") ?? ""} ${html}`;
  for (const [, path] of named.matchAll(/["<](\/[^"<>]+\.js)[">]/g)) {
    if (path !== undefined) await collect(new URL(path, url), found);
  }
  return await packedBytes(found.values());
}

/** Collects a script and its imports by URL. */
async function collect(url: URL, found: Map<string, string>): Promise<void> {
  if (found.has(url.href)) return;
  const text = await (await fetch(url)).text();
  found.set(url.href, text);
  for (const [, path] of text.matchAll(/from\s*["'](\.{0,2}\/[^"']+)["']/g)) {
    if (path !== undefined) await collect(new URL(path, url), found);
  }
}

/** Sums the sizes of scripts, with the framework's apart. */
export async function packedBytes(
  scripts: Iterable<string>,
): Promise<ScriptBytes> {
  const bytes = { own: 0, framework: 0 };
  for (const script of scripts) {
    const part = FRAMEWORK.test(script) ? "framework" : "own";
    bytes[part] += await gzipBytes(script);
  }
  return bytes;
}

/**
 * Text that survives minification, from Preact, its hooks, JSX runtime and
 * signals, and Fresh's runtime. A file without any of it is the app's.
 */
const FRAMEWORK = /createElementNS|\.__H\b|__source|preact-signals|frsh:/;

async function gzipBytes(text: string): Promise<number> {
  const packed = new Blob([text]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).byteLength;
}
