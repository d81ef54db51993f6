/**
 * Copies Swagger UI from its npm package to `static/viewer/`. Part of the
 * build, as the serving process has no read access to npm packages.
 */
import { brotliCompressSync, constants } from "node:zlib";
import packagePath from "swagger-ui-dist/absolute-path.js";

const FOLDER = new URL("../static/viewer/", import.meta.url);
const FILES = ["swagger-ui-bundle.js", "swagger-ui.css"];

/**
 * Copies missing and outdated files, each with a compressed variant for
 * `lib/http/precompressed.ts`.
 */
export async function copySwaggerUi(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const file of FILES) {
    const source = await Deno.readTextFile(`${packagePath()}/${file}`);
    // Source maps are not copied, and a browser would request them.
    const bare = source.replace(/\n?(?:\/\/|\/\*)# sourceMappingURL=.*$/s, "");
    // In a layer, so that docs.css overrides any of its rules.
    const text = file.endsWith(".css") ? `@layer vendor{${bare}}` : bare;
    const isCurrent = text === await readOptional(file) &&
      await readOptional(`${file}.br`) !== null;
    if (isCurrent) continue;
    await writeAtomically(`${file}.br`, compress(text));
    await writeAtomically(file, new TextEncoder().encode(text));
  }
}

/** Quality 9: the maximum, 11, saves 8 % more but takes 17 times as long. */
function compress(text: string): Uint8Array<ArrayBuffer> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  return new Uint8Array(brotliCompressSync(text, { params }));
}

/** Other processes may be reading or copying at the same time. */
async function writeAtomically(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const draft = new URL(`.${file}.${crypto.randomUUID()}`, FOLDER);
  await Deno.writeFile(draft, bytes);
  await Deno.rename(draft, new URL(file, FOLDER));
}

async function readOptional(file: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(new URL(file, FOLDER));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
