import { ChangeCost } from "@/components/billing/ChangeCost.tsx";
import { Page } from "@/components/layout/Page.tsx";
import { planName, PORTAL_HREF } from "@/components/billing/plan_labels.ts";
import {
  OrganizationRequired,
  SignInRequired,
} from "@/components/layout/SignInRequired.tsx";
import { LinkActions, MessagePage } from "@/components/layout/MessagePage.tsx";
import { type PlanChange, readPlanChange } from "@/lib/pages/plan_change.ts";
import { readLocale } from "@/lib/pages/formats.ts";
import { changeSchema, parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

const PLANS_HREF = "/organization#/plans";

interface PageData {
  locale: string;
  query: string;
  /** Null: the visitor acts for no organization. */
  change: PlanChange | null;
}

/** Shows the price and start of a plan change before it is confirmed. */
export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, visitor, read) => {
    const { organization, mayManageBilling } = visitor;
    const { req, url, state: { services } } = ctx;
    const requested = parse(changeSchema, queryOf(url));
    const query = new URLSearchParams(requested).toString();
    const locale = readLocale(req.headers);
    const change: PlanChange | null = organization && (
      mayManageBilling
        ? await readPlanChange(services, organization.id, { requested, read })
        : { kind: "forbidden", ...requested }
    );
    return { data: { change, locale, query } };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return <SignInRequired services={services} signedOut={data} />;
  }
  const { visitor, change, locale, query } = data;
  const title = change === null
    ? "Choose an organization"
    : `Change to ${planName(change.plan)}`;
  return (
    <Page
      title={title}
      services={services}
      visitor={visitor}
      current="organization"
    >
      {change === null
        ? <OrganizationRequired services={services} />
        : (
          <MessagePage
            eyebrow={visitor.organization?.name ?? "Your organization"}
            heading={headingOf(change)}
          >
            <ChangeCost change={change} locale={locale} />
            <LinkActions actions={changeActions(change, query)} />
          </MessagePage>
        )}
    </Page>
  );
});

function headingOf({ plan, interval }: PlanChange): string {
  const rhythm = interval === "year" ? "yearly" : "monthly";
  return `Change to ${planName(plan)}, paid ${rhythm}`;
}

function changeActions(change: PlanChange, query: string) {
  const keep = { href: PLANS_HREF, label: "Keep my plan" };
  if (change.kind === "forbidden" || change.kind === "impossible") {
    return [{ href: PLANS_HREF, label: "Back to the plans" }];
  }
  const confirm = {
    href: `${PORTAL_HREF}?flow=subscription_update_confirm&${query}`,
    label: "Continue to confirm",
  };
  return [confirm, keep];
}
