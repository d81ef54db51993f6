import * as v from "valibot";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { returnPathOf } from "@/lib/auth/sign_in.ts";
import { LANGUAGES } from "@/lib/config/languages.ts";
import { limitByAddress } from "@/lib/http/rate_limit.ts";
import { readForm } from "@/lib/http/request.ts";
import { fieldsOf, parse } from "@/lib/http/schemas/requests.ts";
import { languageCookie } from "@/lib/pages/locale.ts";
import { formHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

const languageSchema = v.object({ language: v.picklist(LANGUAGES) });

/** Keeps the language chosen in the footer and returns to the same page. */
export const handler = define.handlers(
  formHandler((ctx) =>
    limitByAddress(ctx, async () => {
      const { req, state: { services: { config } } } = ctx;
      requireSameOrigin(req.headers, config.appUrl);
      const form = fieldsOf(await readForm(req));
      const { language } = parse(languageSchema, form);
      const secure = config.appUrl.startsWith("https:");
      const returnPath = returnPathOf(config, refererPath(req));
      return seeOther(returnPath ?? "/organization", [
        languageCookie(language, { secure }),
      ]);
    })
  ),
);

/** Only the path: `returnPathOf()` keeps the redirect on this origin. */
function refererPath({ headers }: Request): string | null {
  const referer = headers.get("referer");
  if (referer === null || !URL.canParse(referer)) return null;
  const { pathname, search } = new URL(referer);
  return `${pathname}${search}`;
}
