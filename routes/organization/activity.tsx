import { ActivityFeed } from "@/components/billing/ActivityFeed.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import { activityCursor } from "@/lib/http/schemas/activity.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import { type ActivityView, readActivityView } from "@/lib/pages/activity.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(
  visitorPage<{ activity: ActivityView }>(
    async ({ req, url, state: { services } }, visitor) => {
      const cursor = url.searchParams.get("cursor") ?? undefined;
      const activity = await readActivityView(services, {
        visitor,
        orgId: visitor.organization.id,
        locale: readLocale(req.headers),
        cursor: parse(activityCursor, cursor) ?? null,
      });
      return { data: { activity } };
    },
  ),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, activity, locale } = data;
  return (
    <OrganizationPage
      section="activity"
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <div class="list">
        <ActivityFeed activity={activity} locale={locale} />
      </div>
    </OrganizationPage>
  );
});
