/** What a page's script makes signals of that the server has sent. */
export { computed, signal } from "@preact/signals";
