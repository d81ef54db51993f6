import { Moment } from "@/components/layout/Time.tsx";
import type { ActivityView } from "@/lib/pages/activity.ts";

const TEXT = {
  empty: "No activity yet.",
  emptyAbout: "Changes to your plan, payments and API keys appear here.",
  end: "No older activity.",
  newest: "Newest activity",
  older: "Older activity",
};

/** The organization's activity, newest first. */
export function ActivityFeed({ activity, locale }: {
  activity: ActivityView;
  locale: string;
}) {
  const { items, isOlder } = activity;
  return (
    <>
      {items.length === 0
        ? (
          <p class="empty">
            {isOlder ? TEXT.end : (
              <>
                <strong>{TEXT.empty}</strong> {TEXT.emptyAbout}
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
                  {`${actor} · `}
                  <Moment ms={atMs} locale={locale} />
                </p>
              </li>
            ))}
          </ol>
        )}
      <Pagination activity={activity} />
    </>
  );
}

function Pagination({ activity }: { activity: ActivityView }) {
  const { isOlder, nextCursor } = activity;
  if (!isOlder && nextCursor === null) return null;
  return (
    <p class="pages">
      {isOlder && (
        <a class="page-link" href="/organization/activity">{TEXT.newest}</a>
      )}
      {nextCursor !== null && (
        <a
          class="page-link"
          href={`/organization/activity?cursor=${nextCursor}`}
        >
          {TEXT.older}
        </a>
      )}
    </p>
  );
}
