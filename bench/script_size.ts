/** What a page has a browser load as script, compressed by gzip, in bytes. */
export async function scriptBytes(url: string, headers: HeadersInit) {
  const response = await fetch(url, { headers });
  const html = await response.text();
  if (response.status !== 200) {
    throw new Error(`Cannot weigh ${url}: it answers ${response.status}`);
  }
  const found = new Set<string>();
  const named = `${response.headers.get("Link") ?? ""} ${html}`;
  for (const [, path] of named.matchAll(/["<](\/[^"<>]+\.js)[">]/g)) {
    if (path !== undefined) await collect(new URL(path, url), found);
  }
  const sizes = await Promise.all([...found].map(gzipBytes));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A script and what it imports, each once. */
async function collect(url: URL, found: Set<string>): Promise<void> {
  if (found.has(url.href)) return;
  found.add(url.href);
  const text = await (await fetch(url)).text();
  for (const [, path] of text.matchAll(/from\s*["'](\.{0,2}\/[^"']+)["']/g)) {
    if (path !== undefined) await collect(new URL(path, url), found);
  }
}

async function gzipBytes(url: string): Promise<number> {
  const { body } = await fetch(url);
  if (body === null) return 0;
  const packed = body.pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}
