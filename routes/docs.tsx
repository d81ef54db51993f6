import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { Page } from "@/components/layout/Page.tsx";
import { languageOf } from "@/lib/config/languages.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { translator } from "@/lib/pages/translate.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(pageHandler<{ locale: string }>({
  GET({ req }) {
    const headers = { "Cache-Control": "no-cache" };
    return Promise.resolve(
      page({ locale: readLocale(req.headers) }, { headers }),
    );
  },
}));

/** Renders the OpenAPI document with Swagger UI, which the build copies. */
export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { locale } = data;
  const t = translator(locale);
  return (
    <Page
      title={t("docs.title")}
      services={services}
      locale={locale}
      current="docs"
    >
      <Head>
        {/* Fresh keeps one element per key, across element types. */}
        <link
          key="viewer-style"
          rel="stylesheet"
          href={asset("/viewer/swagger-ui.css")}
        />
        <script
          key="viewer-script"
          src={asset("/viewer/swagger-ui-bundle.js")}
          defer
        />
        <script key="docs-script" src={asset("/docs.js")} defer />
      </Head>
      <p class="eyebrow">{t("docs.eyebrow")}</p>
      <h1>{t("docs.title")}</h1>
      <p class="lead">
        {t.rich("docs.lead", {
          keys: (text) => <a href="/organization/api-keys">{text}</a>,
          openapi: (text) => <a href="/openapi.json">{text}</a>,
        })}
      </p>
      <div id="viewer" class="viewer" lang="en">
        <noscript>
          <p lang={languageOf(locale)}>{t("docs.noscript")}</p>
        </noscript>
      </div>
    </Page>
  );
});
