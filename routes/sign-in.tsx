import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { page } from "fresh";
import { Page } from "@/components/layout/Page.tsx";
import { PersonChoices } from "@/components/sandbox/PersonChoices.tsx";
import { MessagePage } from "@/components/layout/MessagePage.tsx";
import { BillingError } from "@/lib/errors.ts";
import {
  publicAddressOf,
  refreshOnce,
  requireIdentity,
  seeOther,
} from "@/lib/auth/local_sign_in.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { readForm } from "@/lib/http/request.ts";
import type { SandboxPerson } from "@/lib/sandbox.ts";
import { returnPathOf } from "@/lib/auth/sign_in.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { translator } from "@/lib/pages/translate.ts";
import { define } from "@/lib/state.ts";

interface Choice {
  people: readonly SandboxPerson[];
  returnPath: string | null;
  locale: string;
}

export const handler = define.handlers(pageHandler<Choice>({
  async GET({ req, url, state: { services } }) {
    const identity = requireIdentity(services);
    const elsewhere = publicAddressOf(services.config, url);
    if (elsewhere !== null) return seeOther(elsewhere);
    const redirectUrl = url.searchParams.get("redirect_url");
    const returnPath = returnPathOf(services.config, redirectUrl);
    if (returnPath !== null) {
      const cookies = await refreshOnce(identity, req);
      if (cookies !== null) return seeOther(returnPath, cookies);
    }
    const headers = { "Cache-Control": "private, no-cache" };
    return page({
      people: identity.people,
      returnPath,
      locale: readLocale(req.headers),
    }, { headers });
  },
  async POST({ req, state: { services } }) {
    const identity = requireIdentity(services);
    requireSameOrigin(req.headers, services.config.appUrl);
    const form = await readForm(req);
    const cookies = await identity.signIn({
      userId: form.get("user") ?? "",
      orgId: form.get("organization") || null,
    });
    if (cookies === null) {
      throw new BillingError("validation_error", "Invalid choice");
    }
    const returnPath = returnPathOf(services.config, form.get("redirect_url"));
    return seeOther(returnPath ?? PLANS_HREF, cookies);
  },
}));

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { people, returnPath, locale } = data;
  const t = translator(locale);
  return (
    <Page title={t("sign_in.title")} services={services} locale={locale}>
      <MessagePage
        eyebrow={t("sign_in.eyebrow")}
        heading={t("sign_in.heading")}
      >
        <p class="lead">{t("sign_in.lead")}</p>
      </MessagePage>
      <PersonChoices people={people} returnPath={returnPath} locale={locale} />
    </Page>
  );
});
