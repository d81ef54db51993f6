import {
  TAX_ID_TYPES,
  type TaxIdTerms,
  type TaxIdType,
} from "../billing/tax_ids.ts";
import { Field, type FormState, Select, valueOf } from "./forms.tsx";

const OPTIONS = Object.entries(TAX_ID_TYPES)
  .map(([value, { label }]) => ({ value, label }));

/** The fields of a tax id: its type and its value. */
export function TaxIdFields(
  { required = false, state }: { required?: boolean; state: FormState },
) {
  return (
    <div class="columns tax-id">
      <Select
        name="tax_id_type"
        label="Tax ID type"
        options={OPTIONS}
        chosen={state.values["tax_id_type"]}
      />
      <Field
        name="tax_id"
        label={required ? "Tax ID" : "Tax ID (optional)"}
        maxLength={50}
        state={state}
      />
    </div>
  );
}

/** The tax id in a form; `null` if none was entered. */
export function enteredTaxId(form: URLSearchParams): TaxIdTerms | null {
  const type = valueOf(form, "tax_id_type");
  const value = valueOf(form, "tax_id").toUpperCase();
  if (value === "" || !Object.hasOwn(TAX_ID_TYPES, type)) return null;
  return { type: type as TaxIdType, value };
}

/** "EU VAT DE123456789" */
export function taxIdLabel(
  { type, value }: { type: string; value: string | null },
): string {
  const known = Object.entries(TAX_ID_TYPES).find(([name]) => name === type);
  return [known?.[1].label, value].filter(Boolean).join(" ");
}
