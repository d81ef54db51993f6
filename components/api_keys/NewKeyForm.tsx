import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import { SCOPES } from "@/lib/http/schemas/api_keys.ts";
import { MAX_API_KEYS } from "@/lib/store/api_keys.ts";
import { SCOPE_WORDS } from "./scope_labels.ts";

interface NewKeyProps {
  /** How many there are. */
  count: number;
  refused: RefusedForm | null;
  /** Sent along, so that the form makes one key. */
  form: string;
}

/** Makes a key. What was wrong with it the last time is told where it was. */
export function NewKeyForm({ count, refused, form }: NewKeyProps) {
  if (count >= MAX_API_KEYS) {
    return (
      <p class="empty">
        There are {MAX_API_KEYS}{" "}
        keys, which is as many as an organization may have. Revoke one that is
        not used any more.
      </p>
    );
  }
  return (
    <form class="new-key" method="post" action="/account/credentials">
      <input type="hidden" name="form" value={form} autocomplete="off" />
      <NameField refused={refused} />
      <ScopesField refused={refused} />
      {refused?.field === null && <Problem refused={refused} />}
      <button class="button" type="submit">Make the key</button>
    </form>
  );
}

type FieldProps = Pick<NewKeyProps, "refused">;

/** What is wrong is read out with the field that gets the focus. */
function NameField({ refused }: FieldProps) {
  const wrong = refused?.field === "name";
  return (
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
        autofocus={wrong}
        aria-invalid={wrong ? "true" : undefined}
        aria-describedby={wrong ? "problem" : "name-about"}
      />
      {wrong
        ? <Problem refused={refused} />
        : <p id="name-about" class="note">Which program has it, and where.</p>}
    </div>
  );
}

function ScopesField({ refused }: FieldProps) {
  const wrong = refused?.field === "scopes";
  return (
    <fieldset class="field" aria-describedby={wrong ? "problem" : undefined}>
      <legend>What it may do</legend>
      {SCOPES.map((scope, index) => (
        <label key={scope} class="scope">
          <input
            type="checkbox"
            name="scopes"
            value={scope}
            checked={refused?.scopes.includes(scope) ?? false}
            autofocus={wrong && index === 0}
          />
          <span>
            <span class="scope-name">{SCOPE_WORDS[scope].label}</span>
            <span class="soft">{SCOPE_WORDS[scope].about}</span>
            <code class="soft">{scope}</code>
          </span>
        </label>
      ))}
      {wrong && <Problem refused={refused} />}
    </fieldset>
  );
}

function Problem({ refused }: { refused: RefusedForm }) {
  return (
    <p id="problem" class="note note--alert" role="alert">{refused.problem}</p>
  );
}
