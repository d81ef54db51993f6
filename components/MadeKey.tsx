import { asset, Head } from "fresh/runtime";

/** A key that was made just now, with the one script of the page: to copy it. */
export function MadeKey({ appUrl, made }: {
  appUrl: string;
  made: { key: string };
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
      <div class="copy">
        <input
          class="copy-text"
          type="text"
          readOnly
          value={made.key}
          aria-label="API key"
          autocomplete="off"
          spellcheck={false}
          data-copy-text
        />
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
