import type { ApiKeyNotice } from "@/lib/pages/api_keys_page.ts";
import { CreatedKey } from "./CreatedKey.tsx";

/** What has happened to a key just now; a new one is shown in full. */
export function KeyNoticeLine({ told, appUrl }: {
  told: ApiKeyNotice | null;
  appUrl: string;
}) {
  switch (told?.kind) {
    case undefined:
      return null;
    case "made":
      return <CreatedKey appUrl={appUrl} made={told} />;
    case "made_before":
      return <MadeBefore told={told} />;
    case "revoked":
      return (
        <div class="notice" role="status">
          <p>The key is revoked. It counts no longer.</p>
        </div>
      );
  }
}

/** A form was sent again, as by a reload: there is nothing left to show. */
function MadeBefore({ told: { credential } }: {
  told: Extract<ApiKeyNotice, { kind: "made_before" }>;
}) {
  return (
    <div class="notice notice--alert" role="status">
      <p>
        {credential === null
          ? "That form has made its key already, and the key is revoked since. No second one was made."
          : (
            <>
              <strong>{`${credential.name} was made already.`}</strong>{" "}
              No second key was made, and the first cannot be shown again. If
              you have not copied it, revoke it and make another.
            </>
          )}
      </p>
    </div>
  );
}
