// The runtime of a build whose islands all use signals. One file is smaller
// than two that the same scripts import.
import "@preact/signals";

export { boot } from "./client.ts";
