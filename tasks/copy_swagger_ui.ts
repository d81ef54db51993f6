/**
 * Copies what shows the API's document in a browser out of its npm package
 * into `static/viewer/`, from where the app serves it itself. Part of the
 * build: the process that serves cannot read the packages.
 */
import { brotliCompressSync, constants } from "node:zlib";
import packagePath from "swagger-ui-dist/absolute-path.js";

const FOLDER = new URL("../static/viewer/", import.meta.url);
const FILES = ["swagger-ui-bundle.js", "swagger-ui.css"];

/**
 * Copies what is not there, or of another version, each beside a compressed
 * copy: see `lib/http/precompressed.ts`.
 */
export async function copyViewer(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const file of FILES) {
    const source = await Deno.readTextFile(`${packagePath()}/${file}`);
    // The maps are not copied, and a browser would ask for them.
    const text = source.replace(/\n?(?:\/\/|\/\*)# sourceMappingURL=.*$/s, "");
    const isThere = text === await readIfThere(file) &&
      await readIfThere(`${file}.br`) !== null;
    if (isThere) continue;
    await write(`${file}.br`, compress(text));
    await write(file, new TextEncoder().encode(text));
  }
}

/** Quality 9: the best one, 11, saves 8 % more and takes 17 times as long. */
function compress(text: string): Uint8Array<ArrayBuffer> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  return new Uint8Array(brotliCompressSync(text, { params }));
}

/** In one step, as others may be reading or copying meanwhile. */
async function write(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const draft = new URL(`.${file}.${crypto.randomUUID()}`, FOLDER);
  await Deno.writeFile(draft, bytes);
  await Deno.rename(draft, new URL(file, FOLDER));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(new URL(file, FOLDER));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
