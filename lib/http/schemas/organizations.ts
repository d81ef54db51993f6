import * as v from "valibot";

/** `GET /api/v1/organizations/{id}`: everything stored. */
export const organizationExport = v.strictObject({
  organization: v.string(),
  exported_at: v.pipe(v.string(), v.isoTimestamp()),
  records: v.array(v.strictObject({
    key: v.array(v.union([v.string(), v.number()])),
    value: v.unknown(),
  })),
});
