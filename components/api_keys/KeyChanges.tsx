import { Moment } from "@/components/layout/Time.tsx";
import type { ApiKeyNotice } from "@/lib/pages/api_keys_page.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { ApiKey } from "@/lib/store/api_keys.ts";

const NOT_ROTATED_KEYS = {
  already_rotated: "keys.already_rotated",
  expired: "keys.rotate_expired",
  full: "keys.rotate_full",
} as const;

/** The result of a change or a refused rotation. */
export function ChangeResult({ notice, locale }: {
  notice: Extract<ApiKeyNotice, { kind: "changed" | "not_rotated" }>;
  locale: string;
}) {
  const t = translator(locale);
  const isRefused = notice.kind === "not_rotated";
  return (
    <div class={isRefused ? "notice notice--alert" : "notice"} role="status">
      <p>
        {isRefused
          ? t(NOT_ROTATED_KEYS[notice.obstacle])
          : changeText(notice.apiKey, t)}
      </p>
    </div>
  );
}

function changeText(apiKey: ApiKey | null, t: Translate): string {
  return apiKey === null
    ? t("keys.changed_revoked")
    : t("keys.changed", { name: apiKey.name });
}

/** Says how long the previous key of a rotation works. */
export function FormerKey(
  { former, locale }: { former: ApiKey; locale: string },
) {
  if (former.expiresAtMs === undefined) return null;
  return (
    <p>
      {translator(locale).rich("keys.former", {
        time: <Moment ms={former.expiresAtMs} locale={locale} />,
      })}
    </p>
  );
}

/** A call that the key's scopes allow. */
export function ExampleCall(
  { apiKey, appUrl, locale }: {
    apiKey: ApiKey;
    appUrl: string;
    locale: string;
  },
) {
  const t = translator(locale);
  return (
    <>
      <p class="note">{t("keys.try_it", { prefix: apiKey.prefix })}</p>
      {/* Scrolls sideways, so the keyboard must reach it. */}
      <pre
        class="example-call"
        tabIndex={0}
      ><code>{exampleCall(apiKey, appUrl)}</code></pre>
    </>
  );
}

function exampleCall({ prefix, scopes }: ApiKey, appUrl: string): string {
  const authorization = `-H "Authorization: Bearer ${prefix}…"`;
  const lines = scopes.every((scope) => scope === "usage:write")
    ? [
      `curl ${appUrl}/api/v1/billing/charges`,
      authorization,
      '-H "Idempotency-Key: example-1"',
      '-H "Content-Type: application/json"',
      `-d '{"tokens": 1}'`,
    ]
    : [`curl ${appUrl}/api/v1/account/balance`, authorization];
  return lines.join(" \\\n  ");
}
