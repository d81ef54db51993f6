/** A child process that serves the app. */
export interface Served extends AsyncDisposable {
  url: string;
  process: Deno.ChildProcess;
  /** Waits for the exit and returns the code and the output. */
  ended(): Promise<{ code: number; printed: string }>;
}

/**
 * `deno task test` builds once, before any test runs. A test must not build:
 * that empties `_fresh` while processes of other test files load from it.
 */
async function requireBuild(): Promise<void> {
  try {
    await Deno.stat("_fresh/serve.js");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("Nothing to serve: run `deno task build` before this test");
  }
}

/** A Deno command with piped output. */
export function deno(args: string[], env: Record<string, string> = {}) {
  return new Deno.Command(Deno.execPath(), {
    args,
    env,
    stdout: "piped",
    stderr: "piped",
  });
}

/** A port that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Runs a task on a free port, unless `env` sets `PORT`. */
export async function startServing(
  env: Record<string, string>,
  task: "serve" | "dev" = "serve",
): Promise<Served> {
  await requireBuild();
  return spawn(["task", task], env);
}

/** Serves offline with an empty cache. */
export async function startOffline(
  env: Record<string, string>,
): Promise<Served> {
  await requireBuild();
  const nowhere = "http://127.0.0.1:9";
  return spawn(["task", "--node-modules-dir=manual", "serve"], {
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: "127.0.0.1",
    NPM_CONFIG_REGISTRY: nowhere,
    JSR_URL: nowhere,
    ...env,
  });
}

/** Serves without `deno task`, so that SIGKILL reaches the server. */
export async function startAlone(env: Record<string, string>): Promise<Served> {
  await requireBuild();
  return spawn(ALONE, env);
}

/** Serves with a limit on open files, as `ulimit -n` sets it. */
export async function startWithFiles(
  files: number,
  env: Record<string, string>,
): Promise<Served> {
  await requireBuild();
  const limited = `ulimit -n ${files} && exec "$0" "$@"`;
  return spawn(["-c", limited, Deno.execPath(), ...ALONE], env, {
    program: "/bin/sh",
  });
}

/** Serves with `deno task` in a process group. */
export async function startGroup(env: Record<string, string>): Promise<Served> {
  await requireBuild();
  return spawn(["task", "serve"], env, { detached: true });
}

const UNSTABLE = ["--unstable-kv", "--unstable-cron"];
const ALONE = ["run", "-A", "--no-config", ...UNSTABLE, "_fresh/serve.js"];

function spawn(
  args: string[],
  env: Record<string, string>,
  { program = Deno.execPath(), detached = false } = {},
): Served {
  const port = Number(env["PORT"] ?? freePort());
  const process = new Deno.Command(program, {
    args,
    detached,
    env: {
      PORT: String(port),
      HOST: "127.0.0.1",
      LOG_FORMAT: "json",
      ...env,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = Promise.all([
    new Response(process.stdout).text(),
    new Response(process.stderr).text(),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    process,
    async ended() {
      const { code } = await process.status;
      return { code, printed: (await output).join("\n") };
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGTERM");
      } catch (error) {
        // The process has already exited.
        if (!(error instanceof TypeError)) throw error;
      }
      await process.status;
      await output;
    },
  };
}

/** Polls until the server responds. */
export async function untilServed({ url, ended }: Served): Promise<void> {
  let over = false;
  const end = ended().then((end) => (over = true, end));
  for (let attempt = 0; attempt < 600 && !over; attempt++) {
    try {
      const response = await fetch(`${url}/healthz`);
      await response.body?.cancel();
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  const why = over ? (await end).printed : "it is not listening";
  throw new Error(`${url} does not respond: ${why}`);
}

/** Creates a temporary folder for the duration of a call. */
export async function withFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
