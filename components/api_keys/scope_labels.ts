import type { MessageKey } from "@/lib/pages/translate.ts";
import type { Scope } from "@/lib/store/api_keys.ts";

/** The messages that describe each scope. */
export const SCOPE_KEYS = {
  "billing:read": { label: "scope.read", about: "scope.read_about" },
  "billing:manage": { label: "scope.manage", about: "scope.manage_about" },
  "usage:write": { label: "scope.charge", about: "scope.charge_about" },
} as const satisfies Record<Scope, { label: MessageKey; about: MessageKey }>;
