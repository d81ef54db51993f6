import { Moment } from "@/components/layout/Time.tsx";
import type { ApiKeyNotice } from "@/lib/pages/api_keys_page.ts";
import type { ApiKey } from "@/lib/store/api_keys.ts";

const TEXT = {
  changed: (name: string) => `${name} was updated.`,
  changedAndRevoked: "The key was updated, then revoked.",
  tryIt: (prefix: string) =>
    `Try it. Replace ${prefix}… with the key you copied:`,
  formerWorks: "The previous key works until",
  formerReplace: "Replace it everywhere before then.",
};

/** The result of a change or a refused rotation. */
export function ChangeResult({ notice }: {
  notice: Extract<ApiKeyNotice, { kind: "changed" | "not_rotated" }>;
}) {
  const isRefused = notice.kind === "not_rotated";
  return (
    <div class={isRefused ? "notice notice--alert" : "notice"} role="status">
      <p>{isRefused ? notice.problem : changeText(notice.apiKey)}</p>
    </div>
  );
}

function changeText(apiKey: ApiKey | null): string {
  return apiKey === null ? TEXT.changedAndRevoked : TEXT.changed(apiKey.name);
}

/** Says how long the previous key of a rotation works. */
export function FormerKey(
  { former, locale }: { former: ApiKey; locale: string },
) {
  if (former.expiresAtMs === undefined) return null;
  return (
    <p>
      {TEXT.formerWorks} <Moment ms={former.expiresAtMs} locale={locale} />.
      {" "}
      {TEXT.formerReplace}
    </p>
  );
}

/** A call that the key's scopes allow. */
export function ExampleCall(
  { apiKey, appUrl }: { apiKey: ApiKey; appUrl: string },
) {
  return (
    <>
      <p class="note">{TEXT.tryIt(apiKey.prefix)}</p>
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
