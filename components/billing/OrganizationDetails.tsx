import { DescriptionList } from "@/components/layout/DescriptionList.tsx";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";

/** The organization's name and id, and the visitor's billing access. */
export function OrganizationDetails({ services, visitor, locale }: {
  services: Services;
  visitor: Visitor;
  locale: string;
}) {
  const t = translator(locale);
  const { organization, principal, mayManageBilling } = visitor;
  const { billingRoles } = services.config;
  const roles = billingRoles === null
    ? t("details.all_members")
    : [...billingRoles].map((role) => roleLabel(role, t)).join(", ");
  return (
    <DescriptionList
      items={[
        [
          t("details.organization"),
          organization?.name ?? t("details.unnamed"),
        ],
        [t("details.id"), <code key="id">{organization?.id}</code>],
        [
          t("details.role"),
          principal.role === null
            ? t("details.no_role")
            : roleLabel(principal.role, t),
        ],
        [
          t("details.access"),
          mayManageBilling
            ? t("details.access_yes", { roles })
            : t("details.access_no", { roles }),
        ],
      ]}
    />
  );
}

/** Translates Clerk's roles; another `org:finance_lead` is `Finance lead`. */
function roleLabel(role: string, t: Translate): string {
  if (role === "org:admin") return t("role.admin");
  if (role === "org:member") return t("role.member");
  const name = role.replace(/^org:/, "").replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}
