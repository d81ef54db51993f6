const TEXT = {
  label: "Expiration",
  never: "Never",
  days: (days: number) => `${days} days`,
  hint: "Requests with an expired key are refused.",
};

const CHOICES = [30, 90, 365];

/** Chooses when a new key expires. */
export function ExpiryField({ value }: { value: string }) {
  return (
    <div class="field">
      <label for="expires">{TEXT.label}</label>
      <select
        id="expires"
        name="expires_in_days"
        aria-describedby="expires-about"
      >
        <option value="" selected={value === ""}>{TEXT.never}</option>
        {CHOICES.map((days) => (
          <option key={days} value={days} selected={value === String(days)}>
            {TEXT.days(days)}
          </option>
        ))}
      </select>
      <p id="expires-about" class="note">{TEXT.hint}</p>
    </div>
  );
}
