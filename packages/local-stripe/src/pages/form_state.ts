/** What was typed, and what is wrong with it, by the name of the field; "form" is about all of it. */
export interface FormState {
  values: Record<string, string>;
  errors: Record<string, string>;
}

export const EMPTY_FORM: FormState = { values: {}, errors: {} };
