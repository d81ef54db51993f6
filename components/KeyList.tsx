import type { Credential } from "@/lib/store/credentials.ts";
import { SCOPE_WORDS } from "./scope_words.ts";
import { Day, Moment } from "./When.tsx";

/** An organization's API keys, each with its way to be revoked. */
export function KeyList({ credentials, madeId, locale }: {
  credentials: readonly Credential[];
  /** The one that was made just now. */
  madeId: string | null;
  locale: string;
}) {
  if (credentials.length === 0) {
    return (
      <p class="keys-none">
        <strong>No keys yet.</strong>{" "}
        Name the program that is to have one, choose what it may do, and make
        it. It is shown once, so have the place at hand where the program reads
        its secrets.
      </p>
    );
  }
  return (
    <ul class="keys">
      {credentials.map((credential) => (
        <li
          key={credential.id}
          class={credential.id === madeId ? "key key--new" : "key"}
        >
          <Key credential={credential} locale={locale} />
        </li>
      ))}
    </ul>
  );
}

function Key({ credential, locale }: {
  credential: Credential;
  locale: string;
}) {
  const { name, prefix, scopes, createdAtMs, lastUsedAtMs } = credential;
  return (
    <>
      <div class="key-head">
        <h3 class="key-name">{name}</h3>
        <code>{prefix}…</code>
      </div>
      <ul class="key-scopes" aria-label="May">
        {scopes.map((scope) => (
          <li key={scope} class="badge">{SCOPE_WORDS[scope].label}</li>
        ))}
      </ul>
      <p class="key-times">
        Made <Day ms={createdAtMs} locale={locale} />
        <br />
        {lastUsedAtMs === null ? "Never used" : (
          <>
            Last used <Moment ms={lastUsedAtMs} locale={locale} />
          </>
        )}
      </p>
      <Revoke credential={credential} />
    </>
  );
}

/** The second thought is a disclosure: it needs no script. */
function Revoke({ credential: { id, name } }: { credential: Credential }) {
  return (
    <details class="revoke">
      <summary>
        Revoke<span class="unseen">{name}</span>
      </summary>
      <form method="post" action="/account/credentials">
        <p>
          Whatever uses <strong>{name}</strong>{" "}
          is refused from now on. This cannot be undone.
        </p>
        <button class="button alarm" type="submit" name="revoke" value={id}>
          Revoke it now
        </button>
      </form>
    </details>
  );
}
