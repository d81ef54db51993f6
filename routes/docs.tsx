import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { Page } from "@/components/layout/Page.tsx";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(pageHandler<null>({
  GET() {
    const headers = { "Cache-Control": "no-cache" };
    return Promise.resolve(page(null, { headers }));
  },
}));

/** Renders the OpenAPI document with Swagger UI, which the build copies. */
export default define.page<typeof handler>(({ state: { services } }) => (
  <Page title="API" services={services}>
    <Head>
      {/* Fresh keeps one element per key, across element types. */}
      <link
        key="viewer-style"
        rel="stylesheet"
        href={asset("/viewer/swagger-ui.css")}
      />
      <link key="docs-style" rel="stylesheet" href={asset("/docs.css")} />
      <script
        key="viewer-script"
        src={asset("/viewer/swagger-ui-bundle.js")}
        defer
      />
      <script key="docs-script" src={asset("/docs.js")} defer />
    </Head>
    <p class="eyebrow">Reference</p>
    <h1>The API</h1>
    <p class="lead">
      For programs, with an <a href="/account/credentials">API key</a>{" "}
      of their organization, and for pages, with a session.{" "}
      <a href="/openapi.json">As OpenAPI 3.1</a>
    </p>
    <div id="viewer" class="viewer">
      <noscript>
        <p>
          Reading it here needs script. Any viewer of OpenAPI shows the same
          from the document itself.
        </p>
      </noscript>
    </div>
  </Page>
));
