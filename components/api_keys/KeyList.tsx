import { Day, Moment } from "@/components/layout/Time.tsx";
import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { ApiKey } from "@/lib/store/api_keys.ts";
import { Expiry, KeyActions } from "./KeyActions.tsx";
import { SCOPE_KEYS } from "./scope_labels.ts";

interface KeyListProps {
  /** The URL that the forms are sent to. */
  action: string;
  apiKeys: readonly ApiKey[];
  /** A change that was not valid. */
  refused: RefusedForm | null;
  nowMs: number;
  /** The key that the page's notice refers to. */
  highlightedId: string | null;
  locale: string;
}

/** An organization's API keys, each with a form to revoke it. */
export function KeyList(
  { action, apiKeys, highlightedId, refused, nowMs, locale }: KeyListProps,
) {
  const t = translator(locale);
  if (apiKeys.length === 0) {
    return (
      <p class="empty">
        <strong>{t("keys.none")}</strong> {t("keys.none_text")}
      </p>
    );
  }
  return (
    <ul class="keys">
      {apiKeys.map((apiKey) => (
        <li
          key={apiKey.id}
          class={apiKey.id === highlightedId ? "key key--marked" : "key"}
        >
          <Key
            action={action}
            apiKey={apiKey}
            refused={refused?.id === apiKey.id ? refused : null}
            nowMs={nowMs}
            locale={locale}
          />
        </li>
      ))}
    </ul>
  );
}

function Key({ action, apiKey, refused, nowMs, locale }: {
  action: string;
  apiKey: ApiKey;
  refused: RefusedForm | null;
  nowMs: number;
  locale: string;
}) {
  const t = translator(locale);
  const { name, prefix, scopes, createdAtMs, lastUsedAtMs } = apiKey;
  return (
    <>
      <div class="key-head">
        <h3 class="key-name">{name}</h3>
        <code>{prefix}…</code>
      </div>
      <ul class="key-scopes" aria-label={t("keys.permissions")}>
        {scopes.map((scope) => (
          <li key={scope} class="badge">{t(SCOPE_KEYS[scope].label)}</li>
        ))}
      </ul>
      <p class="key-times">
        {t.rich("keys.created", {
          date: <Day ms={createdAtMs} locale={locale} />,
        })}
        <br />
        <LastUsed ms={lastUsedAtMs} locale={locale} />
        <Expiry apiKey={apiKey} nowMs={nowMs} locale={locale} />
      </p>
      <KeyActions
        action={action}
        apiKey={apiKey}
        refused={refused}
        nowMs={nowMs}
        locale={locale}
      />
      <RevokeForm action={action} apiKey={apiKey} locale={locale} />
    </>
  );
}

function LastUsed({ ms, locale }: { ms: number | null; locale: string }) {
  const t = translator(locale);
  if (ms === null) return <>{t("keys.never_used")}</>;
  const time = <Moment ms={ms} locale={locale} />;
  return <>{t.rich("keys.last_used", { time })}</>;
}

/** A disclosure asks for confirmation without JavaScript. */
function RevokeForm({ action, apiKey, locale }: {
  action: string;
  apiKey: ApiKey;
  locale: string;
}) {
  const { id, name, prefix, lastUsedAtMs } = apiKey;
  const t = translator(locale);
  return (
    <details class="revoke">
      <summary>
        <span class="revoke-ask">{t("keys.revoke")}</span>
        <span class="revoke-keep">{t("keys.cancel")}</span>
        <span class="visually-hidden">{name}</span>
      </summary>
      <form method="post" action={action}>
        <p>
          {t.rich("keys.revoke_text", {
            name,
            prefix: `${prefix}…`,
            strong: (text) => <strong>{text}</strong>,
            code: (text) => <code>{text}</code>,
          })}
        </p>
        <p class="soft">
          <LastUsed ms={lastUsedAtMs} locale={locale} />
        </p>
        <button class="button alarm" type="submit" name="revoke" value={id}>
          {t("keys.revoke_confirm")}
        </button>
      </form>
    </details>
  );
}
