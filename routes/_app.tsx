import { asset } from "fresh/runtime";
import { languageOf } from "@/lib/config/languages.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { isPortico } from "@/components/layout/Brand.tsx";
import { type BrandConfig, logoSource } from "@/lib/config/brand.ts";
import { define } from "@/lib/state.ts";

export default define.page(({ Component, req, state }) => (
  <html lang={languageOf(readLocale(req.headers))}>
    <head>
      <meta charset="utf-8" />
      {/* First, so a page's own title replaces it without a search. */}
      <title>{state.services.config.brand.name}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <Icon brand={state.services.config.brand} />
      <link
        rel="stylesheet"
        href={styleSheetHref(state.services.config.brand)}
      />
    </head>
    <body>
      <Component />
    </body>
  </html>
));

/** The brand's logo; without one, browsers show their own. */
function Icon({ brand }: { brand: BrandConfig }) {
  if (brand.logo) return <link rel="icon" href={logoSource(brand.logo)} />;
  return isPortico(brand)
    ? <link rel="icon" type="image/svg+xml" href={asset("/icon.svg")} />
    : <link rel="icon" href="data:," />;
}

/** Names the color, so that a change of it is not hidden by a cache. */
function styleSheetHref({ color }: BrandConfig): string {
  const href = asset("/styles.css");
  return color === null ? href : `${href}&${color.slice(1)}`;
}
