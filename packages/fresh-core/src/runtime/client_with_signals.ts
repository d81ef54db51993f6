// The runtime of a build whose islands all use signals. Reached by the same
// scripts, both land in one file, which is smaller than two.
import "@preact/signals";

export { boot } from "./client.ts";
