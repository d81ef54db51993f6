import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { ChangeCost } from "@/components/billing/ChangeCost.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { Page } from "@/components/layout/Page.tsx";
import {
  planIntervalLabel,
  planName,
  PORTAL_HREF,
} from "@/components/billing/plan_labels.ts";
import { LinkActions, MessagePage } from "@/components/layout/MessagePage.tsx";
import { type PlanChange, readPlanChange } from "@/lib/pages/plan_change.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { changeSchema, parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

interface PageData {
  query: string;
  change: PlanChange;
}

/** Shows the price and start of a plan change before it is confirmed. */
export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, visitor, read) => {
    const { organization, mayManageBilling } = visitor;
    const { url, state: { services } } = ctx;
    const requested = parse(changeSchema, queryOf(url));
    const query = new URLSearchParams(requested).toString();
    const change: PlanChange = mayManageBilling
      ? await readPlanChange(services, organization.id, { requested, read })
      : { kind: "forbidden", ...requested };
    return { data: { change, query } };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, change, locale, query } = data;
  const t = translator(locale);
  return (
    <Page
      title={t("change.title", { plan: planName(change.plan, locale) })}
      services={services}
      locale={locale}
      visitor={visitor}
      current="plans"
    >
      <MessagePage
        eyebrow={visitor.organization.name ?? t("change.organization")}
        heading={headingOf(change, locale)}
      >
        <ChangeCost change={change} locale={locale} />
        <LinkActions actions={changeActions(change, query, t)} />
      </MessagePage>
    </Page>
  );
});

function headingOf({ plan, interval }: PlanChange, locale: string): string {
  const label = planIntervalLabel(plan, interval, locale);
  return translator(locale)("change.title", { plan: label });
}

function changeActions(change: PlanChange, query: string, t: Translate) {
  const keep = { href: PLANS_HREF, label: t("change.keep") };
  if (change.kind === "forbidden" || change.kind === "impossible") {
    return [{ href: PLANS_HREF, label: t("action.back_to_plans") }];
  }
  const confirm = {
    href: `${PORTAL_HREF}?flow=subscription_update_confirm&${query}`,
    label: t("change.continue"),
  };
  return [confirm, keep];
}
