import { asset, Head } from "fresh/runtime";
import type { ApiKeyNotice } from "@/lib/pages/api_keys_page.ts";

type NoticeOf<Kind extends ApiKeyNotice["kind"]> = Extract<
  ApiKeyNotice,
  { kind: Kind }
>;

/** The result of creating or revoking a key. */
export function KeyNotice({ notice, appUrl }: {
  notice: ApiKeyNotice | null;
  appUrl: string;
}) {
  switch (notice?.kind) {
    case undefined:
      return null;
    case "created":
      return <CreatedKey appUrl={appUrl} notice={notice} />;
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
function CreatedKey({ appUrl, notice: { key, replaced } }: {
  appUrl: string;
  notice: NoticeOf<"created">;
}) {
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
      <p class="note">
        Try it:{" "}
        <code>
          {`curl -H "Authorization: Bearer $PORTICO_KEY" ${appUrl}/api/v1/account/balance`}
        </code>
      </p>
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
