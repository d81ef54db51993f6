import type { Scope } from "@/lib/store/api_keys.ts";

export const SCOPE_LABELS: Record<
  Scope,
  { label: string; description: string }
> = {
  "billing:read": {
    label: "Read billing",
    description: "Balance, history and invoices.",
  },
  "billing:manage": {
    label: "Manage billing",
    description: "The same, and open the portal and Checkout.",
  },
  "usage:write": {
    label: "Charge usage",
    description: "Take tokens from the wallet for what was used.",
  },
};
