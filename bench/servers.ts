/** A measured server, in a separate process. */
export interface Server extends AsyncDisposable {
  url: string;
  /** Time from starting the process to its first 200 response. */
  startMs: number;
  /** Resident memory of the process, in bytes. */
  memoryBytes(): Promise<number>;
}

export interface ServerOptions {
  /** `deno run` by default. */
  command?: "node";
  /** Arguments of the command, the script last. */
  args: readonly string[];
  env: Record<string, string>;
  /** The path requested until it returns 200; `/` by default. */
  path?: string;
}

const START_LIMIT_MS = 20_000;

/** Starts a server on a free port and waits for its first 200 response. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedMs = performance.now();
  const { command, args } = options;
  const child = new Deno.Command(command ?? Deno.execPath(), {
    args: command ? [...args] : ["run", "--quiet", ...args],
    env: { ...options.env, PORT: String(port), HOST: "127.0.0.1" },
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  await waitUntilReady(`${url}${options.path ?? "/"}`);
  return {
    url,
    startMs: performance.now() - startedMs,
    memoryBytes: () => residentBytes(child.pid),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function waitUntilReady(url: string): Promise<void> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadlineMs) {
    if (await isReady(url)) return;
    await new Promise((done) => setTimeout(done, 1));
  }
  throw new Error(`Cannot measure ${url}: no 200 in ${START_LIMIT_MS} ms`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual" });
    await response.body?.cancel();
    return response.status === 200;
  } catch (error) {
    if (error instanceof TypeError) return false; // not listening yet
    throw error;
  }
}

/** Linux only. */
async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
