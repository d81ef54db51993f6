import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import { MAX_API_KEYS, SCOPES } from "@/lib/store/api_keys.ts";
import { ExpiryField } from "./ExpiryField.tsx";
import { SCOPE_LABELS } from "./scope_labels.ts";

interface NewKeyProps {
  /** The number of existing keys. */
  count: number;
  refused: RefusedForm | null;
  /** Form id; resubmitting the form creates no second key. */
  form: string;
}

/** The form to create a key, with the error of a refused submission. */
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
      <ExpiryField value={refused?.expiresInDays ?? ""} />
      {refused?.field === null && <FieldError refused={refused} />}
      <button class="button" type="submit">Make the key</button>
    </form>
  );
}

type FieldProps = Pick<NewKeyProps, "refused">;

/** Screen readers announce the error with the focused field. */
function NameField({ refused }: FieldProps) {
  const invalid = refused?.field === "name";
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
        autofocus={invalid}
        aria-invalid={invalid ? "true" : undefined}
        aria-describedby={invalid ? "problem" : "name-about"}
      />
      {invalid
        ? <FieldError refused={refused} />
        : <p id="name-about" class="note">Which program has it, and where.</p>}
    </div>
  );
}

function ScopesField({ refused }: FieldProps) {
  const invalid = refused?.field === "scopes";
  return (
    <fieldset class="field" aria-describedby={invalid ? "problem" : undefined}>
      <legend>What it may do</legend>
      {SCOPES.map((scope, index) => (
        <label key={scope} class="scope">
          <input
            type="checkbox"
            name="scopes"
            value={scope}
            checked={refused?.scopes.includes(scope) ?? false}
            autofocus={invalid && index === 0}
          />
          <span>
            <span class="scope-name">{SCOPE_LABELS[scope].label}</span>
            <span class="soft">{SCOPE_LABELS[scope].description}</span>
            <code class="soft">{scope}</code>
          </span>
        </label>
      ))}
      {invalid && <FieldError refused={refused} />}
    </fieldset>
  );
}

function FieldError({ refused }: { refused: RefusedForm }) {
  return (
    <p id="problem" class="note note--alert" role="alert">{refused.problem}</p>
  );
}
