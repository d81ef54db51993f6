import { BillingError } from "@/lib/errors.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** The file of `BRAND_LOGO`. */
export const handler = define.handlers(pageHandler<never>({
  GET({ state: { services } }) {
    const { logo } = services.config.brand;
    if (logo?.kind !== "file") throw new BillingError("not_found", "Not found");
    return Promise.resolve(
      new Response(logo.bytes, {
        headers: {
          "Content-Type": logo.type,
          "Cache-Control": "public, max-age=3600",
        },
      }),
    );
  },
}));
