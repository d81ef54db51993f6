import type { CredentialsView } from "@/lib/credentials_page.ts";
import { SCOPES } from "@/lib/schemas/credentials.ts";
import { MAX_CREDENTIALS } from "@/lib/store/credentials.ts";
import { SCOPE_WORDS } from "./scope_words.ts";

/** Makes a key. What was wrong with it the last time is told above its button. */
export function NewKeyForm({ count, refused }: {
  /** How many there are. */
  count: number;
  refused: CredentialsView["refused"];
}) {
  if (count >= MAX_CREDENTIALS) {
    return (
      <p class="keys-none">
        There are {MAX_CREDENTIALS}{" "}
        keys, which is as many as an organization may have. Revoke one that is
        not used any more.
      </p>
    );
  }
  return (
    <form class="new-key" method="post" action="/account/credentials#keys">
      <div class="field">
        <label for="name">Name</label>
        <input
          id="name"
          name="name"
          type="text"
          required
          maxLength={80}
          autocomplete="off"
          placeholder="Build server"
          value={refused?.name ?? ""}
          aria-describedby="name-about"
        />
        <p id="name-about" class="note">Which program has it, and where.</p>
      </div>
      <fieldset class="field">
        <legend>What it may do</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="scope">
            <input
              type="checkbox"
              name="scopes"
              value={scope}
              checked={refused?.scopes.includes(scope) ?? false}
            />
            <span>
              <span class="scope-name">{SCOPE_WORDS[scope].label}</span>
              <span class="soft">{SCOPE_WORDS[scope].about}</span>
              <code class="soft">{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      {refused && <p class="note note--alert" role="alert">{refused.problem}
      </p>}
      <button class="button" type="submit">Make the key</button>
    </form>
  );
}
