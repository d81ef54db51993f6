import { asset, Head } from "fresh/runtime";
import { KeyList } from "@/components/KeyList.tsx";
import { MadeKey } from "@/components/MadeKey.tsx";
import { NewKeyForm } from "@/components/NewKeyForm.tsx";
import { Page } from "@/components/Page.tsx";
import { ChooseOrganization, SignInFirst } from "@/components/Strangers.tsx";
import {
  type CredentialsView,
  makeFromForm,
  revokeFromForm,
  viewCredentials,
} from "@/lib/credentials_page.ts";
import { readLocale } from "@/lib/money.ts";
import { readForm } from "@/lib/request_body.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/visitor.ts";

interface PageData {
  view: CredentialsView;
  locale: string;
  /** Whether a key was revoked just now. */
  revoked: boolean;
}

export const handler = define.handlers(visitorPage<PageData>(
  async ({ req, url, state: { services } }, visitor) => {
    const view = await viewCredentials(services, visitor);
    const revoked = url.searchParams.has("revoked");
    return { data: { view, locale: readLocale(req.headers), revoked } };
  },
  async ({ req, state: { services } }, visitor) => {
    const form = await readForm(req);
    if (form.has("revoke")) {
      await revokeFromForm(services, visitor, form);
      const headers = { "Location": "/account/credentials?revoked" };
      return new Response(null, { status: 303, headers });
    }
    const view = await makeFromForm(services, visitor, form);
    const locale = readLocale(req.headers);
    return {
      data: { view, locale, revoked: false },
      status: view.refused === null ? 200 : 400,
      // The one page that has the key on it must not lie about anywhere.
      headers: { "Cache-Control": "no-store" },
    };
  },
));

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return <SignInFirst services={services} stranger={data} />;
  }
  const { visitor, view, locale, revoked } = data;
  const { credentials, made, refused } = view;
  const frame = { services, visitor, current: "account" } as const;
  if (visitor.organization === null) {
    return (
      <Page {...frame} title="Choose an organization">
        <ChooseOrganization services={services} />
      </Page>
    );
  }
  const name = visitor.organization.name ?? visitor.organization.id;
  return (
    <Page {...frame} title="API keys">
      <Head>
        {/* With a key: another of the same kind would be replaced. */}
        <link key="keys" rel="stylesheet" href={asset("/keys.css")} />
      </Head>
      <p class="eyebrow">
        <a href="/account" aria-current="false">Account</a> · {name}
      </p>
      <h1>API keys</h1>
      <p class="lead">
        A key lets a program of yours act for {name}, as far as its scopes go.
        {" "}
        <a href="/docs">What it can ask for</a>
      </p>
      <p class="note" role="status">
        {revoked && "The key is revoked. It counts no longer."}
      </p>
      {made && <MadeKey appUrl={services.config.appUrl} made={made} />}
      {credentials === null
        ? (
          <p class="keys-none">
            Your role may not see or make API keys. Ask an admin of your
            organization.
          </p>
        )
        : (
          <div class="keys-page">
            <section aria-labelledby="keys">
              <h2 id="keys">Keys</h2>
              <KeyList
                credentials={credentials}
                madeId={made?.id ?? null}
                locale={locale}
              />
            </section>
            <section aria-labelledby="new-key">
              <h2 id="new-key">New key</h2>
              <NewKeyForm count={credentials.length} refused={refused} />
            </section>
          </div>
        )}
    </Page>
  );
});
