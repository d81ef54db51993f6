import { freePort } from "./server_process.ts";

/**
 * The `denokv` program, if tests run on a real KV Connect server instead of a
 * file or memory: `deno task test:denokv`.
 */
const DENOKV = Deno.env.get("DENOKV");
const ACCESS_TOKEN = "access_token_of_the_tests";

/** A store for the processes of a test. */
export interface TestStore extends AsyncDisposable {
  /** For `KV_PATH`. */
  kvPath: string;
  /** Kills the server with SIGKILL and starts it again; null for a file. */
  restart: (() => Promise<void>) | null;
}

/** Returns a new store: a file in the folder, or a server that keeps one. */
export async function storeIn(folder: string): Promise<TestStore> {
  const file = `${folder}/kv.sqlite3`;
  if (DENOKV === undefined) {
    return {
      kvPath: file,
      restart: null,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  // Deno reads it here and in the processes that a test starts.
  Deno.env.set("DENO_KV_ACCESS_TOKEN", ACCESS_TOKEN);
  const port = freePort();
  let server = await startServer(DENOKV, file, port);
  return {
    kvPath: `http://127.0.0.1:${port}`,
    restart: async () => {
      await stop(server);
      server = await startServer(DENOKV, file, port);
    },
    [Symbol.asyncDispose]: () => stop(server),
  };
}

/** Stores that are deleted when they are closed. */
interface TestKv {
  kv: Deno.Kv;
  /** For `KV_PATH`: a server allows fewer checks in a commit. */
  kvPath: string;
  /** The local Stripe's commits are too large for a KV Connect server. */
  sandboxKv: Deno.Kv;
  close(): Promise<void>;
}

export async function openTestKv(): Promise<TestKv> {
  if (DENOKV === undefined) {
    const kvPath = ":memory:";
    const kv = await Deno.openKv(kvPath);
    return {
      kv,
      kvPath,
      sandboxKv: kv,
      close: () => {
        kv.close();
        return Promise.resolve();
      },
    };
  }
  const folder = await Deno.makeTempDir();
  const store = await storeIn(folder);
  const kv = await Deno.openKv(store.kvPath);
  const sandboxKv = await Deno.openKv(":memory:");
  return {
    kv,
    kvPath: store.kvPath,
    sandboxKv,
    async close() {
      sandboxKv.close();
      kv.close();
      await store[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function startServer(
  program: string,
  file: string,
  port: number,
): Promise<Deno.ChildProcess> {
  const server = new Deno.Command(program, {
    args: ["--sqlite-path", file, "serve", "--addr", `127.0.0.1:${port}`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return server;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

async function stop(server: Deno.ChildProcess): Promise<void> {
  server.kill("SIGKILL");
  await server.status;
}
