import { Day, Moment } from "@/components/layout/Time.tsx";
import type { RefusedForm } from "@/lib/pages/api_keys_page.ts";
import { type ApiKey, isExpired, SCOPES } from "@/lib/store/api_keys.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import { problemText } from "./form_problem.ts";
import { SCOPE_KEYS } from "./scope_labels.ts";

/** When a key stops working; nothing if it never does. */
export function Expiry({ apiKey, nowMs, locale }: {
  apiKey: ApiKey;
  nowMs: number;
  locale: string;
}) {
  const { expiresAtMs, successorId } = apiKey;
  if (expiresAtMs === undefined) return null;
  const t = translator(locale);
  const day = <Day ms={expiresAtMs} locale={locale} />;
  if (isExpired(apiKey, nowMs)) {
    return (
      <>
        <br />
        <strong class="key-expired">
          {t.rich("keys.expired_on", { date: day })}
        </strong>
      </>
    );
  }
  return (
    <>
      <br />
      {successorId === undefined
        ? t.rich("keys.expires_on", { date: day })
        : t.rich("keys.rotated_until", {
          time: <Moment ms={expiresAtMs} locale={locale} />,
        })}
    </>
  );
}

interface ActionProps {
  /** The URL that the forms are sent to. */
  action: string;
  apiKey: ApiKey;
  /** A change of this key that was not valid. */
  refused: RefusedForm | null;
  locale: string;
}

/** Forms to edit and rotate a key that still works. */
export function KeyActions(
  { action, apiKey, refused, nowMs, locale }: ActionProps & { nowMs: number },
) {
  if (isExpired(apiKey, nowMs)) return null;
  return (
    <div class="key-actions">
      <EditForm
        action={action}
        apiKey={apiKey}
        refused={refused}
        locale={locale}
      />
      {apiKey.successorId === undefined && (
        <RotateForm
          action={action}
          apiKey={apiKey}
          t={translator(locale)}
        />
      )}
    </div>
  );
}

function EditForm({ action, apiKey, refused, locale }: ActionProps) {
  const t = translator(locale);
  const { id } = apiKey;
  const scopes: readonly string[] = refused?.scopes ?? apiKey.scopes;
  const problemId = `${id}-problem`;
  const described = refused ? { "aria-describedby": problemId } : {};
  return (
    <details class="key-action" open={refused !== null}>
      <summary>
        {t("keys.edit")} <span class="visually-hidden">{apiKey.name}</span>
      </summary>
      <form method="post" action={action}>
        <div class="field">
          <label for={`${id}-name`}>{t("keys.name")}</label>
          <input
            id={`${id}-name`}
            name="name"
            type="text"
            required
            maxLength={80}
            autocomplete="off"
            value={refused?.name ?? apiKey.name}
            autofocus={refused !== null}
            {...described}
          />
        </div>
        <fieldset class="field" {...described}>
          <legend>{t("keys.permissions")}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} class="scope">
              <input
                type="checkbox"
                name="scopes"
                value={scope}
                checked={scopes.includes(scope)}
              />
              <span class="scope-name">{t(SCOPE_KEYS[scope].label)}</span>
            </label>
          ))}
        </fieldset>
        {refused && (
          <p id={problemId} class="note note--alert" role="alert">
            {problemText(refused, t)}
          </p>
        )}
        <button class="button" type="submit" name="change" value={id}>
          {t("keys.save")}
        </button>
      </form>
    </details>
  );
}

function RotateForm({ action, apiKey: { id, name }, t }: {
  action: string;
  apiKey: ApiKey;
  t: Translate;
}) {
  return (
    <details class="key-action">
      <summary>
        {t("keys.rotate")} <span class="visually-hidden">{name}</span>
      </summary>
      <form method="post" action={action}>
        <p>{t("keys.rotate_about")}</p>
        <button class="button" type="submit" name="rotate" value={id}>
          {t("keys.rotate_confirm")}
        </button>
      </form>
    </details>
  );
}
