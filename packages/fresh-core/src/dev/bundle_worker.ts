// A child process whose configuration compiles JSX for browsers. Usage: `deno
// run bundle_worker.ts <outputDir> <entry>...`. Prints the files as JSON.
const [outputDir, ...entrypoints] = Deno.args;
if (outputDir === undefined) throw new Error("Cannot bundle: no output folder");

const result = await Deno.bundle({
  entrypoints,
  outputDir,
  write: false,
  codeSplitting: true,
  minify: true,
  platform: "browser",
});
for (const { text } of [...result.errors, ...result.warnings]) {
  console.error(text);
}
if (!result.success) Deno.exit(1);
const files = (result.outputFiles ?? []).map((file) => [
  file.path.slice(outputDir.length + 1),
  file.text(),
]);
console.log(JSON.stringify(files));
