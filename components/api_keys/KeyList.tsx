import { Day, Moment } from "@/components/layout/Time.tsx";
import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import type { ApiKey } from "@/lib/store/api_keys.ts";
import { Expiry, KeyActions } from "./KeyActions.tsx";
import { SCOPE_LABELS } from "./scope_labels.ts";

/** An organization's API keys, each with a form to revoke it. */
export function KeyList({ apiKeys, highlightedId, refused, nowMs, locale }: {
  apiKeys: readonly ApiKey[];
  /** A change that was not valid. */
  refused: RefusedForm | null;
  nowMs: number;
  /** The key that the page's notice refers to. */
  highlightedId: string | null;
  locale: string;
}) {
  if (apiKeys.length === 0) {
    return (
      <p class="empty">
        <strong>No keys yet.</strong>{" "}
        Name the program that is to have one, choose what it may do, and make
        it. It is shown once, so have the place at hand where the program reads
        its secrets.
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

function Key({ apiKey, refused, nowMs, locale }: {
  apiKey: ApiKey;
  refused: RefusedForm | null;
  nowMs: number;
  locale: string;
}) {
  const { name, prefix, scopes, createdAtMs, lastUsedAtMs } = apiKey;
  return (
    <>
      <div class="key-head">
        <h3 class="key-name">{name}</h3>
        <code>{prefix}…</code>
      </div>
      <ul class="key-scopes" aria-label="May">
        {scopes.map((scope) => (
          <li key={scope} class="badge">{SCOPE_LABELS[scope].label}</li>
        ))}
      </ul>
      <p class="key-times">
        Made <Day ms={createdAtMs} locale={locale} />
        <br />
        <LastUsed ms={lastUsedAtMs} locale={locale} />
        <Expiry apiKey={apiKey} nowMs={nowMs} locale={locale} />
      </p>
      <KeyActions apiKey={apiKey} refused={refused} nowMs={nowMs} />
      <RevokeForm apiKey={apiKey} locale={locale} />
    </>
  );
}

function LastUsed({ ms, locale }: { ms: number | null; locale: string }) {
  if (ms === null) return <>Never used</>;
  return (
    <>
      Last used <Moment ms={ms} locale={locale} />
    </>
  );
}

/** A disclosure asks for confirmation without JavaScript. */
function RevokeForm({ apiKey: { id, name, prefix, lastUsedAtMs }, locale }: {
  apiKey: ApiKey;
  locale: string;
}) {
  return (
    <details class="revoke">
      <summary>
        <span class="revoke-ask">Revoke</span>
        <span class="revoke-keep">Keep it</span>
        <span class="visually-hidden">{name}</span>
      </summary>
      <form method="post" action="/account/credentials">
        <p>
          Whatever uses <strong>{name}</strong> (<code>{prefix}…</code>){" "}
          is refused from now on. This cannot be undone.
        </p>
        <p class="soft">
          <LastUsed ms={lastUsedAtMs} locale={locale} />
        </p>
        <button class="button alarm" type="submit" name="revoke" value={id}>
          Revoke it now
        </button>
      </form>
    </details>
  );
}
