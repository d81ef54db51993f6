import { apiRoute } from "@/lib/http/api_route.ts";
import { openApiDocument } from "@/lib/http/openapi/document.ts";

/** Made at the first request; it changes with the program alone. */
let text: string | undefined;

/** Counted against nobody's limit: it is no call of the API, and costs none. */
export const handler = apiRoute({
  GET({ state: { services } }) {
    text ??= JSON.stringify(openApiDocument(services.config.appUrl));
    return new Response(text, {
      headers: {
        "Content-Type": "application/json",
        "Cache-Control": "public, max-age=60",
      },
    });
  },
}, { counts: "nobody" });
