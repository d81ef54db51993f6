import { useEffect } from "preact/hooks";

/**
 * Focuses a message after the page has loaded, so that screen readers read it.
 * Not `autofocus`, which browsers ignore on a page with a fragment.
 */
export default function FocusMessage({ id }: { id: string }) {
  useEffect(() => document.getElementById(id)?.focus(), [id]);
  return null;
}
