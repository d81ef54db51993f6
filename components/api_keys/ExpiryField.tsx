import { translator } from "@/lib/pages/translate.ts";

const CHOICES = [30, 90, 365];

/** Chooses when a new key expires. */
export function ExpiryField(
  { value, locale }: { value: string; locale: string },
) {
  const t = translator(locale);
  return (
    <div class="field">
      <label for="expires">{t("keys.expiry")}</label>
      <select
        id="expires"
        name="expires_in_days"
        aria-describedby="expires-about"
      >
        <option value="" selected={value === ""}>
          {t("keys.expiry_never")}
        </option>
        {CHOICES.map((days) => (
          <option key={days} value={days} selected={value === String(days)}>
            {t("keys.expiry_days", { days })}
          </option>
        ))}
      </select>
      <p id="expires-about" class="note">{t("keys.expiry_about")}</p>
    </div>
  );
}
