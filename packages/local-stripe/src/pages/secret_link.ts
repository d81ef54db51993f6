import type { Context } from "../context.ts";
import { sha256 } from "../store/ids.ts";

/** The id of the object of a secret link; `null` for an unknown secret. Only hashes are stored. */
export async function findLinkedId(
  { store }: Context,
  kind: "checkout_secret" | "invoice_secret" | "portal_secret",
  secret: string,
): Promise<string | null> {
  return (await store.read<string>([kind, await sha256(secret)])).value;
}
