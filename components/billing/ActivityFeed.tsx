import { Moment } from "@/components/layout/Time.tsx";
import type { ActivityView } from "@/lib/pages/activity.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";

/** The organization's activity, newest first. */
export function ActivityFeed({ activity, locale }: {
  activity: ActivityView;
  locale: string;
}) {
  const { items, isOlder } = activity;
  const t = translator(locale);
  return (
    <>
      {items.length === 0
        ? (
          <p class="empty">
            {isOlder ? t("activity.end") : (
              <>
                <strong>{t("activity.none")}</strong> {t("activity.none_text")}
              </>
            )}
          </p>
        )
        : (
          <ol class="lines">
            {items.map(({ id, atMs, actor, summary }) => (
              <li key={id} class="line line--activity">
                <p class="line-what">{summary}</p>
                <p class="line-when">
                  <span>{actor}</span> <Moment ms={atMs} locale={locale} />
                </p>
              </li>
            ))}
          </ol>
        )}
      <Pagination activity={activity} t={t} />
    </>
  );
}

function Pagination(
  { activity, t }: { activity: ActivityView; t: Translate },
) {
  const { isOlder, nextCursor } = activity;
  if (!isOlder && nextCursor === null) return null;
  return (
    <p class="pages">
      {isOlder && (
        <a class="page-link" href="/organization/activity">
          {t("activity.newest")}
        </a>
      )}
      {nextCursor !== null && (
        <a
          class="page-link"
          href={`/organization/activity?cursor=${nextCursor}`}
        >
          {t("activity.older")}
        </a>
      )}
    </p>
  );
}
