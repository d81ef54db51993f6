import type { Scope } from "@/lib/http/schemas/api_keys.ts";

/** What a scope means to a person. */
export const SCOPE_WORDS: Record<Scope, { label: string; about: string }> = {
  "billing:read": {
    label: "Read billing",
    about: "Balance, history and invoices.",
  },
  "billing:manage": {
    label: "Manage billing",
    about: "The same, and open the portal and Checkout.",
  },
  "usage:write": {
    label: "Charge usage",
    about: "Take tokens from the wallet for what was used.",
  },
};
