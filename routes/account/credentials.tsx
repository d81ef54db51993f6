import { KeyList } from "@/components/api_keys/KeyList.tsx";
import { KeyNotice } from "@/components/api_keys/KeyNotice.tsx";
import { NewKeyForm } from "@/components/api_keys/NewKeyForm.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import {
  type ApiKeyNotice,
  type ApiKeysView,
  changeFromForm,
  createFromForm,
  revokeFromForm,
  rotateFromForm,
  viewApiKeys,
} from "@/lib/pages/api_keys_page.ts";
import { forOrganization } from "@/lib/auth/page_organization.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { translator } from "@/lib/pages/translate.ts";
import { readForm } from "@/lib/http/request.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

/** `/organization/api-keys` is the same page. */
export const handler = define.handlers(visitorPage<{ view: ApiKeysView }>(
  async ({ url, state: { services } }, visitor) => {
    const view = await viewApiKeys(services, visitor, url.searchParams);
    return { data: { view } };
  },
  async ({ req, url, state: { services } }, visitor) => {
    const form = await readForm(req);
    const after = await handlerOf(form)(services, visitor, form);
    if ("query" in after) return seeOther(`${url.pathname}?${after.query}`);
    return {
      data: { view: after },
      status: after.refused === null ? 200 : 400,
      // The response may contain a new key, so it must not be cached.
      headers: { "Cache-Control": "no-store" },
    };
  },
));

/** Each form names its key in the field of its action. */
function handlerOf(form: URLSearchParams) {
  if (form.has("revoke")) return revokeFromForm;
  if (form.has("rotate")) return rotateFromForm;
  return form.has("change") ? changeFromForm : createFromForm;
}

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, view, locale } = data;
  const { apiKeys, notice, refused, form } = view;
  const t = translator(locale);
  const { id, name } = visitor.organization;
  const action = forOrganization("/organization/api-keys", id);
  return (
    <OrganizationPage
      section="api_keys"
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <p class="lead">
        {t.rich("keys.lead", {
          organization: name ?? id,
          link: (text) => <a href="/docs">{text}</a>,
        })}
      </p>
      <KeyNotice
        notice={notice}
        appUrl={services.config.appUrl}
        locale={locale}
      />
      {apiKeys === null
        ? (
          <p class="empty">
            {t("keys.forbidden")}
          </p>
        )
        : (
          <div class="keys-page">
            <section aria-labelledby="keys">
              <div class="keys-head">
                <h2 id="keys">{t("keys.list")}</h2>
                {apiKeys.length > 0 && (
                  <a class="keys-jump" href="#new-key">{t("keys.jump")}</a>
                )}
              </div>
              <KeyList
                action={action}
                apiKeys={apiKeys}
                highlightedId={highlightedId(notice)}
                nowMs={services.now()}
                refused={refused}
                locale={locale}
              />
            </section>
            <section aria-labelledby="new-key">
              <h2 id="new-key">{t("keys.new")}</h2>
              <NewKeyForm
                action={action}
                count={apiKeys.length}
                refused={refused?.id === null ? refused : null}
                form={form}
                locale={locale}
              />
            </section>
          </div>
        )}
    </OrganizationPage>
  );
});

function highlightedId(notice: ApiKeyNotice | null): string | null {
  if (notice === null || !("apiKey" in notice)) return null;
  return notice.apiKey?.id ?? null;
}
