import { asset } from "fresh/runtime";
import { languageOf } from "@/lib/config/languages.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { define } from "@/lib/state.ts";

export default define.page(({ Component, req }) => (
  <html lang={languageOf(readLocale(req.headers))}>
    <head>
      <meta charset="utf-8" />
      {/* First, so a page's own title replaces it without a search. */}
      <title>Portico</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <link rel="icon" type="image/svg+xml" href={asset("/icon.svg")} />
      <link rel="stylesheet" href={asset("/tokens.css")} />
      <link rel="stylesheet" href={asset("/base.css")} />
      <link rel="stylesheet" href={asset("/frame.css")} />
      <link rel="stylesheet" href={asset("/components.css")} />
      <link rel="stylesheet" href={asset("/plans.css")} />
    </head>
    <body>
      <Component />
    </body>
  </html>
));
