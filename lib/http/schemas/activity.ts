import * as v from "valibot";
import { ACTIONS, ACTOR_TYPES } from "@/lib/store/activity.ts";
import { pageLimit } from "./requests.ts";
import { time } from "./responses.ts";

/** A position in the activity, as `next_cursor` returns it. */
export const activityCursor = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[0-9a-z]{9}[0-9A-Za-z_]{5,12}$/, "next_cursor of a page"),
  ),
);

/** `GET /api/v1/account/activity`: the query. */
export const activityQuery = v.object({
  limit: pageLimit,
  cursor: activityCursor,
});

/** An activity; `details` depend on its action. */
const activityItem = v.strictObject({
  id: v.string(),
  at: time,
  actor: v.strictObject({
    type: v.picklist(ACTOR_TYPES),
    id: v.pipe(
      v.nullable(v.string()),
      v.description("The user's or key's id; null for stripe and operator"),
    ),
  }),
  action: v.picklist(ACTIONS),
  summary: v.string(),
  details: v.record(v.string(), v.unknown()),
});

/** A page of activities, newest first; the last has no cursor. */
export const activityResponse = v.strictObject({
  items: v.array(activityItem),
  next_cursor: v.nullable(v.string()),
});
