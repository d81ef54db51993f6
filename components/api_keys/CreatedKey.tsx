import { asset, Head } from "fresh/runtime";

/** A key that was made just now, with the one script of the page: to copy it. */
export function CreatedKey({ appUrl, made: { key, replaced } }: {
  appUrl: string;
  made: { key: string; replaced: boolean };
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
        {/* On a phone a key has two lines, which an input does not. */}
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
