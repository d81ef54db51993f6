import { asset, Head } from "fresh/runtime";
import type { ApiKeyNotice } from "@/lib/pages/api_keys_page.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { ChangeResult, ExampleCall, FormerKey } from "./KeyChanges.tsx";

type NoticeOf<Kind extends ApiKeyNotice["kind"]> = Extract<
  ApiKeyNotice,
  { kind: Kind }
>;

/** The result of creating or revoking a key. */
export function KeyNotice({ notice, appUrl, locale }: {
  notice: ApiKeyNotice | null;
  appUrl: string;
  locale: string;
}) {
  const t = translator(locale);
  switch (notice?.kind) {
    case undefined:
      return null;
    case "created":
    case "rotated":
      return (
        <CreatedKey appUrl={appUrl} notice={notice} locale={locale} t={t} />
      );
    case "changed":
    case "not_rotated":
      return <ChangeResult notice={notice} locale={locale} />;
    case "already_created":
      return <AlreadyCreated notice={notice} t={t} />;
    case "revoked":
      return (
        <div class="notice" role="status">
          <p>{t("keys.revoked")}</p>
        </div>
      );
  }
}

/** Shows the full key, with the script that copies it. */
function CreatedKey({ appUrl, notice, locale, t }: {
  appUrl: string;
  notice: NoticeOf<"created" | "rotated">;
  locale: string;
  t: Translate;
}) {
  const { apiKey, key, replaced } = notice;
  return (
    <section class="made-key" aria-labelledby="made-key">
      <Head>
        <script key="copy" src={asset("/copy_key.js")} defer />
      </Head>
      <h2 id="made-key">{t("keys.your_new")}</h2>
      <p>
        <strong>{t("keys.copy_now")}</strong>
      </p>
      {notice.kind === "rotated" && (
        <FormerKey former={notice.former} locale={locale} />
      )}
      {replaced && (
        <p class="note note--alert">
          {t("keys.replaced")}
        </p>
      )}
      <div class="copy">
        {/* Unlike an input, a textarea wraps the key on a phone. */}
        <textarea
          class="copy-text"
          rows={2}
          readOnly
          aria-label={t("keys.label")}
          autocomplete="off"
          spellcheck={false}
          data-copy-text
        >
          {key}
        </textarea>
        <button class="button" type="button" hidden data-copy>
          {t("keys.copy")}
        </button>
      </div>
      <p
        class="note"
        role="status"
        data-copied={t("keys.copied")}
        data-selected={t("keys.copy_by_hand")}
      >
      </p>
      <ExampleCall apiKey={apiKey} appUrl={appUrl} locale={locale} />
    </section>
  );
}

/** After a form is resubmitted, for example by a reload. */
function AlreadyCreated(
  { notice: { apiKey }, t }: {
    notice: NoticeOf<"already_created">;
    t: Translate;
  },
) {
  return (
    <div class="notice notice--alert" role="status">
      <p>
        {apiKey === null
          ? t("keys.duplicate_revoked")
          : t.rich("keys.duplicate", {
            name: apiKey.name,
            strong: (text) => <strong>{text}</strong>,
          })}
      </p>
    </div>
  );
}
