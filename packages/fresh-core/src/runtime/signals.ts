/** Recreates the signals in a page's props. */
export { computed, signal } from "@preact/signals";
