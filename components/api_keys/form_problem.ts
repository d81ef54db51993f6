import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import type { Translate } from "@/lib/pages/translate.ts";
import { MAX_API_KEYS } from "@/lib/store/api_keys.ts";

const KEYS = {
  expiry_invalid: "keys.expiry_invalid",
  name_missing: "keys.name_missing",
  name_invalid: "keys.name_invalid",
  scopes_missing: "keys.scopes_missing",
} as const;

/** Returns the reason why a form of an API key was refused. */
export function problemText({ problem }: RefusedForm, t: Translate): string {
  return problem === "too_many_keys"
    ? t("keys.full", { max: MAX_API_KEYS })
    : t(KEYS[problem]);
}
