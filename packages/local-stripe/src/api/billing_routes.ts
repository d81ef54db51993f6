import type { Endpoint } from "./endpoint.ts";
import {
  closeDispute,
  listDisputes,
  retrieveDispute,
  updateDispute,
} from "../resources/disputes.ts";
import {
  createInvoice,
  finalizeInvoiceEndpoint,
  markUncollectible,
  payInvoice,
  updateInvoice,
  voidInvoiceEndpoint,
} from "../resources/invoice_changes.ts";
import {
  createInvoiceItem,
  deleteInvoiceItem,
  listInvoiceItems,
  retrieveInvoiceItem,
} from "../resources/invoice_items.ts";
import { createPreview } from "../resources/invoice_previews.ts";
import {
  listCharges,
  listInvoicePayments,
  listPaymentIntents,
  retrieveCharge,
  retrieveInvoicePayment,
  retrievePaymentIntent,
} from "../resources/payments.ts";
import {
  createRefund,
  listRefunds,
  retrieveRefund,
} from "../resources/refunds.ts";
import {
  listSubscriptionItems,
  retrieveSubscriptionItem,
} from "../resources/subscription_items.ts";
import {
  cancelSchedule,
  createSchedule,
  listSchedules,
  releaseScheduleEndpoint,
  retrieveSchedule,
  updateSchedule,
} from "../resources/subscription_schedules.ts";
import {
  cancelSubscriptionEndpoint,
  createSubscription,
  pauseSubscriptionEndpoint,
  resumeSubscriptionEndpoint,
  retrieveSubscription,
  updateSubscription,
} from "../resources/subscriptions.ts";
import { listSubscriptions } from "../resources/subscription_lists.ts";
import {
  advanceTestClock,
  createTestClock,
  deleteTestClock,
  listTestClocks,
  retrieveTestClock,
} from "../resources/test_clocks.ts";

/** The URLs of billing, as `../routes.ts` has the others. */
export const BILLING_ROUTES: Record<string, Endpoint> = {
  "GET /v1/charges": listCharges,
  "GET /v1/charges/*": retrieveCharge,

  "GET /v1/disputes": listDisputes,
  "GET /v1/disputes/*": retrieveDispute,
  "POST /v1/disputes/*": updateDispute,
  "POST /v1/disputes/*/close": closeDispute,

  "GET /v1/invoice_payments": listInvoicePayments,
  "GET /v1/invoice_payments/*": retrieveInvoicePayment,

  "POST /v1/invoiceitems": createInvoiceItem,
  "GET /v1/invoiceitems": listInvoiceItems,
  "GET /v1/invoiceitems/*": retrieveInvoiceItem,
  "DELETE /v1/invoiceitems/*": deleteInvoiceItem,

  "POST /v1/invoices": createInvoice,
  "POST /v1/invoices/create_preview": createPreview,
  "POST /v1/invoices/*": updateInvoice,
  "POST /v1/invoices/*/finalize": finalizeInvoiceEndpoint,
  "POST /v1/invoices/*/mark_uncollectible": markUncollectible,
  "POST /v1/invoices/*/pay": payInvoice,
  "POST /v1/invoices/*/void": voidInvoiceEndpoint,

  "GET /v1/payment_intents": listPaymentIntents,
  "GET /v1/payment_intents/*": retrievePaymentIntent,

  "POST /v1/refunds": createRefund,
  "GET /v1/refunds": listRefunds,
  "GET /v1/refunds/*": retrieveRefund,

  "GET /v1/subscription_items": listSubscriptionItems,
  "GET /v1/subscription_items/*": retrieveSubscriptionItem,

  "POST /v1/subscription_schedules": createSchedule,
  "GET /v1/subscription_schedules": listSchedules,
  "GET /v1/subscription_schedules/*": retrieveSchedule,
  "POST /v1/subscription_schedules/*": updateSchedule,
  "POST /v1/subscription_schedules/*/cancel": cancelSchedule,
  "POST /v1/subscription_schedules/*/release": releaseScheduleEndpoint,

  "POST /v1/subscriptions": createSubscription,
  "GET /v1/subscriptions": listSubscriptions,
  "GET /v1/subscriptions/*": retrieveSubscription,
  "POST /v1/subscriptions/*": updateSubscription,
  "DELETE /v1/subscriptions/*": cancelSubscriptionEndpoint,
  "POST /v1/subscriptions/*/pause": pauseSubscriptionEndpoint,
  "POST /v1/subscriptions/*/resume": resumeSubscriptionEndpoint,

  "POST /v1/test_helpers/test_clocks": createTestClock,
  "GET /v1/test_helpers/test_clocks": listTestClocks,
  "GET /v1/test_helpers/test_clocks/*": retrieveTestClock,
  "DELETE /v1/test_helpers/test_clocks/*": deleteTestClock,
  "POST /v1/test_helpers/test_clocks/*/advance": advanceTestClock,
};
