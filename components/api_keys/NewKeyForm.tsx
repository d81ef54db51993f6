import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { MAX_API_KEYS, SCOPES } from "@/lib/store/api_keys.ts";
import { ExpiryField } from "./ExpiryField.tsx";
import { problemText } from "./form_problem.ts";
import { SCOPE_KEYS } from "./scope_labels.ts";

interface NewKeyProps {
  /** The URL that the form is sent to. */
  action: string;
  /** The number of existing keys. */
  count: number;
  refused: RefusedForm | null;
  /** Form id; resubmitting the form creates no second key. */
  form: string;
  locale: string;
}

/** The form to create a key, with the error of a refused submission. */
export function NewKeyForm(
  { action, count, refused, form, locale }: NewKeyProps,
) {
  const t = translator(locale);
  if (count >= MAX_API_KEYS) {
    return <p class="empty">{t("keys.full", { max: MAX_API_KEYS })}</p>;
  }
  return (
    <form class="new-key" method="post" action={action}>
      <input type="hidden" name="form" value={form} autocomplete="off" />
      <NameField refused={refused} t={t} />
      <ScopesField refused={refused} t={t} />
      <ExpiryField value={refused?.expiresInDays ?? ""} locale={locale} />
      {refused?.field === null && <FieldError refused={refused} t={t} />}
      <button class="button" type="submit">{t("keys.create")}</button>
    </form>
  );
}

type FieldProps = Pick<NewKeyProps, "refused"> & { t: Translate };

/** Screen readers announce the error with the focused field. */
function NameField({ refused, t }: FieldProps) {
  const invalid = refused?.field === "name";
  return (
    <div class="field">
      <label for="name">{t("keys.name")}</label>
      <input
        id="name"
        name="name"
        type="text"
        required
        maxLength={80}
        autocomplete="off"
        placeholder={t("keys.name_example")}
        value={refused?.name ?? ""}
        autofocus={invalid}
        aria-invalid={invalid ? "true" : undefined}
        aria-describedby={invalid ? "problem" : "name-about"}
      />
      {invalid
        ? <FieldError refused={refused} t={t} />
        : <p id="name-about" class="note">{t("keys.name_about")}</p>}
    </div>
  );
}

function ScopesField({ refused, t }: FieldProps) {
  const invalid = refused?.field === "scopes";
  return (
    <fieldset class="field" aria-describedby={invalid ? "problem" : undefined}>
      <legend>{t("keys.permissions")}</legend>
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
            <span class="scope-name">{t(SCOPE_KEYS[scope].label)}</span>
            <span class="soft">{t(SCOPE_KEYS[scope].about)}</span>
            <code class="soft">{scope}</code>
          </span>
        </label>
      ))}
      {invalid && <FieldError refused={refused} t={t} />}
    </fieldset>
  );
}

function FieldError({ refused, t }: { refused: RefusedForm; t: Translate }) {
  return (
    <p id="problem" class="note note--alert" role="alert">
      {problemText(refused, t)}
    </p>
  );
}
