import { asset, Head } from "fresh/runtime";
import type { ApiKeyNotice } from "@/lib/pages/api_keys_page.ts";
import { ChangeResult, ExampleCall, FormerKey } from "./KeyChanges.tsx";

type NoticeOf<Kind extends ApiKeyNotice["kind"]> = Extract<
  ApiKeyNotice,
  { kind: Kind }
>;

/** The result of creating or revoking a key. */
export function KeyNotice({ notice, appUrl, locale }: {
  notice: ApiKeyNotice | null;
  appUrl: string;
  locale: string;
}) {
  switch (notice?.kind) {
    case undefined:
      return null;
    case "created":
    case "rotated":
      return <CreatedKey appUrl={appUrl} notice={notice} locale={locale} />;
    case "changed":
    case "not_rotated":
      return <ChangeResult notice={notice} />;
    case "already_created":
      return <AlreadyCreated notice={notice} />;
    case "revoked":
      return (
        <div class="notice" role="status">
          <p>The key is revoked. It counts no longer.</p>
        </div>
      );
  }
}

/** Shows the full key, with the script that copies it. */
function CreatedKey({ appUrl, notice, locale }: {
  appUrl: string;
  notice: NoticeOf<"created" | "rotated">;
  locale: string;
}) {
  const { apiKey, key, replaced } = notice;
  return (
    <section class="made-key" aria-labelledby="made-key">
      <Head>
        <script key="copy" src={asset("/copy_key.js")} defer />
      </Head>
      <h2 id="made-key">Your new key</h2>
      <p>
        <strong>This is the only time that it is shown.</strong>{" "}
        Copy it to where your program reads its secrets.
      </p>
      {notice.kind === "rotated" && (
        <FormerKey former={notice.former} locale={locale} />
      )}
      {replaced && (
        <p class="note note--alert">
          The form was sent twice. Only this key counts: one that you may have
          copied a moment ago does not.
        </p>
      )}
      <div class="copy">
        {/* Unlike an input, a textarea wraps the key on a phone. */}
        <textarea
          class="copy-text"
          rows={2}
          readOnly
          aria-label="API key"
          autocomplete="off"
          spellcheck={false}
          data-copy-text
        >
          {key}
        </textarea>
        <button class="button" type="button" hidden data-copy>Copy</button>
      </div>
      <p class="note" role="status" data-copied></p>
      <ExampleCall apiKey={apiKey} appUrl={appUrl} />
    </section>
  );
}

/** After a form is resubmitted, for example by a reload. */
function AlreadyCreated(
  { notice: { apiKey } }: { notice: NoticeOf<"already_created"> },
) {
  return (
    <div class="notice notice--alert" role="status">
      <p>
        {apiKey === null
          ? "That form has made its key already, and the key is revoked since. No second one was made."
          : (
            <>
              <strong>{`${apiKey.name} was made already.`}</strong>{" "}
              No second key was made, and the first cannot be shown again. If
              you have not copied it, revoke it and make another.
            </>
          )}
      </p>
    </div>
  );
}
