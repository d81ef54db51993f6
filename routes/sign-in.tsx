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
import type { SandboxPerson } from "@/lib/services.ts";
import { returnPathOf } from "@/lib/auth/sign_in.ts";
import { define } from "@/lib/state.ts";

interface Choice {
  people: readonly SandboxPerson[];
  returnPath: string | null;
}

export const handler = define.handlers(pageHandler<Choice>({
  async GET({ req, url, state: { services } }) {
    const identity = requireIdentity(services);
    const elsewhere = publicAddressOf(services.config, url);
    if (elsewhere !== null) return seeOther(elsewhere);
    const asked = url.searchParams.get("redirect_url");
    const returnPath = returnPathOf(services.config, asked);
    if (returnPath !== null) {
      const cookies = await refreshOnce(identity, req);
      if (cookies !== null) return seeOther(returnPath, cookies);
    }
    const headers = { "Cache-Control": "private, no-cache" };
    return page({ people: identity.people, returnPath }, { headers });
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
      throw new BillingError("validation_error", "There is no such choice");
    }
    const asked = returnPathOf(services.config, form.get("redirect_url"));
    return seeOther(asked ?? "/organization#/plans", cookies);
  },
}));

export default define.page<typeof handler>(({ data, state: { services } }) => (
  <Page title="Sign in" services={services}>
    <MessagePage eyebrow="Local sign-in" heading="Who are you today?">
      <p class="lead">
        No accounts are configured, so anybody may be anybody. Choose a person
        and an organization: each shows the app from another side.
      </p>
    </MessagePage>
    <PersonChoices people={data.people} returnPath={data.returnPath} />
  </Page>
));
