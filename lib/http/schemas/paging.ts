import * as v from "valibot";

/** How long a page is to be, as a query says it: 1 to 100, or else 20. */
export const pageLimit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^(?:[1-9][0-9]?|100)$/, "a whole number from 1 to 100"),
    v.transform(Number),
    v.description("How many at most, 1 to 100"),
  ),
  "20",
);
