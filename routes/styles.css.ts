import { asset } from "fresh/runtime";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { styleSheet } from "@/lib/pages/style_sheet.ts";
import { define } from "@/lib/state.ts";

/** The style sheet of all pages. Its URL changes with each build. */
export const handler = define.handlers(pageHandler<never>({
  async GET({ url, config, state: { services } }) {
    const { color } = services.config.brand;
    const css = await styleSheet(color, {
      fresh: config.mode !== "production",
    });
    const { search: build } = new URL(asset(url.pathname), url);
    const isCurrent = build !== "" && url.search.startsWith(build);
    return new Response(css, {
      headers: {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": isCurrent
          ? "public, max-age=31536000, immutable"
          : "no-cache",
      },
    });
  },
}));
