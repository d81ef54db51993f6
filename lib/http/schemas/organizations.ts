import * as v from "valibot";
import { time } from "./responses.ts";

/** `GET /api/v1/organizations/{id}`: everything stored. */
export const organizationExport = v.strictObject({
  organization: v.string(),
  exported_at: time,
  records: v.array(v.strictObject({
    key: v.array(v.union([v.string(), v.number()])),
    value: v.unknown(),
  })),
});
