import type { ApiTaxId } from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import * as p from "../api/params.ts";
import { longId } from "../store/ids.ts";
import { nulls } from "../store/objects.ts";

/** The types of tax ids, with their names on pages and their formats. */
// deno-fmt-ignore: a table reads best filled
export const TAX_ID_TYPES = {
  eu_vat: { label: "EU VAT", format: /^(DE\d{9}|FR\w{2}\d{9}|ATU\d{8}|(?!DE|FR|AT)(BE|BG|CY|CZ|DK|EE|EL|ES|FI|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+*]{8,12})$/ },
  gb_vat: { label: "GB VAT", format: /^GB(\d{9}|\d{12})$/ },
  us_ein: { label: "US EIN", format: /^\d{2}-?\d{7}$/ },
  au_abn: { label: "AU ABN", format: /^\d{11}$/ },
  br_cnpj: { label: "BR CNPJ", format: /^\d{2}\.?\d{3}\.?\d{3}\/?\d{4}-?\d{2}$/ },
  ca_gst_hst: { label: "CA GST/HST", format: /^\d{9}RT\d{4}$/ },
  ch_vat: { label: "CH VAT", format: /^CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)$/ },
  in_gst: { label: "IN GST", format: /^\d{2}[A-Z]{5}\d{4}[A-Z]\w{3}$/ },
  jp_trn: { label: "JP TRN", format: /^T\d{13}$/ },
  mx_rfc: { label: "MX RFC", format: /^[A-Z&]{3,4}\d{6}\w{3}$/ },
  no_vat: { label: "NO VAT", format: /^\d{9}MVA$/ },
  nz_gst: { label: "NZ GST", format: /^\d{8,9}$/ },
  sg_gst: { label: "SG GST", format: /^[A-Z0-9]{9,10}$/ },
  za_vat: { label: "ZA VAT", format: /^4\d{9}$/ },
} as const;
export type TaxIdType = keyof typeof TAX_ID_TYPES;

// deno-fmt-ignore: a list of names reads best filled
const OTHER_TYPES =
  "ad_nrt ae_trn al_tin am_tin ao_tin ar_cuit au_acn au_arn au_wpn aw_tin az_tin ba_tin bb_tin " +
  "bd_bin bf_ifu bg_uic bh_vat bj_ifu bo_tin br_cpf bs_tin bw_vat by_tin ca_bn ca_pst_bc " +
  "ca_pst_mb ca_pst_sk ca_qst cd_nif ch_uid ci_vat cl_tin cm_niu cn_tin co_nit cr_tin cv_nif " +
  "cz_dic de_stn do_rcn ec_ruc eg_tin es_cif et_tin eu_oss_vat fo_vat fr_siren fr_siret fr_spi " +
  "ge_vat gh_tin gi_tin gn_nif hk_br hr_oib hu_tin ic_nif id_npwp il_vat is_kt is_vat it_cf jp_cn " +
  "jp_rn ke_pin kg_tin kh_tin kr_brn kz_bin la_tin li_uid li_vat lk_vat ma_vat md_cf md_vat " +
  "me_pib mk_vat mr_nif mu_vat my_frp my_itn my_sst mz_nuit ng_tin no_voec np_pan nz_bn om_vat " +
  "pe_ruc ph_tin pl_nip pt_nif py_ruc ro_tin rs_pib ru_inn ru_kpp sa_vat sg_uen si_tin sm_coe " +
  "sn_ninea sr_fin sv_nit th_vat tj_tin tr_tin tt_bir tt_vat tw_vat tz_vat ua_vat ug_tin uy_ruc " +
  "uz_tin uz_vat ve_rif vn_tin zm_tin zw_tin";

/** The countries of the European Union. */
export const EU = new Set(
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    .split(" "),
);

/** Reports whether a country has one of these types. */
export function supportsTaxId(country: string): boolean {
  const prefix = `${country.toLowerCase()}_`;
  return EU.has(country) ||
    Object.keys(TAX_ID_TYPES).some((type) => type.startsWith(prefix));
}

/** The parameters of a tax id. */
export const TAX_ID = {
  type: p.required(
    p.only(Object.keys(TAX_ID_TYPES) as TaxIdType[], OTHER_TYPES.split(" ")),
  ),
  value: p.required(p.text(50)),
};
export type TaxIdTerms = p.Read<typeof TAX_ID>;

/** Reports whether a value has the format of its type. */
export function isTaxId({ type, value }: TaxIdTerms): boolean {
  return TAX_ID_TYPES[type].format.test(value);
}

/** Stripe's test values: the number without its country. */
const TEST_RESULTS: Record<string, string> = {
  "000000000": "verified",
  "111111111": "unverified",
  "222222222": "pending",
};
const VERIFIED = new Set(["au_abn", "eu_vat", "gb_vat"]);

/** A new tax id of a customer. @throws {ApiError} 400 `tax_id_invalid` for a wrong format. */
export function newTaxId(
  customer: string,
  terms: TaxIdTerms,
  created: number,
): ApiTaxId {
  const { type, value } = terms;
  if (!isTaxId(terms)) {
    throw invalidRequest(`Invalid value for ${type}.`, {
      code: "tax_id_invalid",
      param: "value",
    });
  }
  const status = TEST_RESULTS[value.replace(/^[A-Z]{2}/, "")] ??
    (VERIFIED.has(type) ? "verified" : "unavailable");
  return {
    id: longId("txi"),
    object: "tax_id",
    country: type === "eu_vat"
      ? value.slice(0, 2).replace("EL", "GR")
      : type.slice(0, 2).toUpperCase(),
    created,
    customer,
    customer_account: null,
    livemode: false,
    owner: { customer, customer_account: null, type: "customer" },
    type,
    value,
    verification: { status, ...nulls("verified_address verified_name") },
  };
}
