import { publicApiRoute } from "@/lib/http/public_route.ts";
import { openApiDocument } from "@/lib/http/openapi/document.ts";

/** Generated at the first request; the same for the life of the process. */
let text: string | undefined;

export const handler = publicApiRoute({
  GET({ state: { services } }) {
    const { appUrl, auth } = services.config;
    text ??= JSON.stringify(openApiDocument(appUrl, auth.cookie));
    return new Response(text, {
      headers: {
        "Content-Type": "application/json",
        "Cache-Control": "public, max-age=60",
      },
    });
  },
}, { rateLimit: "address" });
