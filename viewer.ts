/**
 * Copies what shows the API's document in a browser out of its npm package
 * into `static/viewer/`, from where the app serves it itself. Part of the
 * build: the process that serves cannot read the packages.
 */
import packagePath from "swagger-ui-dist/absolute-path.js";

const FOLDER = new URL("./static/viewer/", import.meta.url);
const FILES = ["swagger-ui-bundle.js", "swagger-ui.css"];

/** Copies what is not there, or of another version; says nothing. */
export async function copyViewer(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const file of FILES) {
    const source = await Deno.readTextFile(`${packagePath()}/${file}`);
    // The maps are not copied, and a browser would ask for them.
    const text = source.replace(/\n?(?:\/\/|\/\*)# sourceMappingURL=.*$/s, "");
    if (text !== await readIfThere(file)) await write(file, text);
  }
}

/** In one step, as others may be reading or copying meanwhile. */
async function write(file: string, text: string): Promise<void> {
  const draft = new URL(`.${file}.${crypto.randomUUID()}`, FOLDER);
  await Deno.writeTextFile(draft, text);
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
