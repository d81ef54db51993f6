import { pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(pageHandler<never>({
  GET: (ctx) => Promise.resolve(ctx.redirect("/organization")),
}));
