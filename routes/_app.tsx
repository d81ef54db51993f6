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
      <link rel="stylesheet" href={asset("/tokens.css")} />
      <link rel="stylesheet" href={asset("/base.css")} />
      <link rel="stylesheet" href={asset("/frame.css")} />
      <link rel="stylesheet" href={asset("/components.css")} />
      <link rel="stylesheet" href={asset("/plans.css")} />
      <BrandColors brand={state.services.config.brand} />
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

/** Replaces the accent colors; the query avoids a cached former color. */
function BrandColors({ brand: { color } }: { brand: BrandConfig }) {
  if (color === null) return null;
  return <link rel="stylesheet" href={`/brand/colors.css?${color.slice(1)}`} />;
}
