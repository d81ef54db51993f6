import { define } from "@/lib/state.ts";

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/organization"),
});
