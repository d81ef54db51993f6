import { type BrandColors, brandColors } from "@/lib/config/brand_colors.ts";
import { BillingError } from "@/lib/errors.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** The colors of `BRAND_COLOR`. The page's link names the color as its query. */
export const handler = define.handlers(pageHandler<never>({
  GET({ state: { services } }) {
    const { color } = services.config.brand;
    if (color === null) throw new BillingError("not_found", "Not found");
    const { light, dark } = brandColors(color);
    const css = `:root{${tokens(light)}}` +
      `@media (prefers-color-scheme:dark){:root{${tokens(dark)}}}`;
    return Promise.resolve(
      new Response(css, {
        headers: {
          "Content-Type": "text/css; charset=utf-8",
          "Cache-Control": "public, max-age=86400",
        },
      }),
    );
  },
}));

function tokens(colors: BrandColors): string {
  return Object.entries(colors)
    .map(([name, color]) => `--${name}:${color}`).join(";");
}
