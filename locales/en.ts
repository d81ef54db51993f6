/**
 * The English text of all pages, as ICU messages. English is the source: the
 * other languages must have the same keys and arguments.
 *
 * An argument is `{name}`, markup is `<name>…</name>`. Avoid `select`: separate
 * keys are easier to translate, and the argument types don't support it.
 */
export const en = {
  // Page frame
  "frame.title": "{page} · {organization}",
  "frame.skip": "Skip to content",
  "frame.nav": "Main",
  "frame.organization": "Organization",
  "frame.pricing": "Pricing",
  "frame.sign_out": "Sign out",
  "frame.footer": "Payments are processed by Stripe.",
  "frame.support": "Support",
  "frame.terms": "Terms",
  "frame.privacy": "Privacy",
  "frame.language": "Language",
  "frame.console": "Sandbox console",
  "frame.parts": "Sections of this page",

  // Mode bar
  "mode.sandbox": "Sandbox",
  "mode.test": "Test mode",
  "mode.local_stripe": "local Stripe, no real money",
  "mode.stripe_test": "Stripe, test mode",
  "mode.stripe_live": "Stripe, live mode",
  "mode.stripe_at": "at {origin}",
  "mode.local_sign_in": "local sign-in",
  "mode.your_sign_in": "your sign-in",

  // Sign-in
  "sign_in.title": "Sign in",
  "sign_in.eyebrow": "Local sign-in",
  "sign_in.heading": "Choose a test user",
  "sign_in.lead":
    "No accounts are configured, so you can sign in as anyone. Each user shows a different view.",
  "sign_in.no_organization": "No organization",
  "sign_in.no_organization_about": "Not a member yet: what a new user sees.",
  "signed_out.eyebrow": "Signed out",
  "signed_out.heading": "Sign in to continue",
  "signed_out.ended_heading": "Your session has ended",
  "signed_out.lead":
    "This page belongs to an organization. Sign in to see yours.",
  "signed_out.ended_lead":
    "Sessions expire after a period of inactivity. Sign in to return to this page.",
  "signed_out.elsewhere": "Sign in to your app, then return to this page.",
  "signed_out.action": "Sign in",
  "no_organization.eyebrow": "No organization",
  "no_organization.title": "Choose an organization",
  "no_organization.heading": "Choose an organization first",
  "no_organization.lead_sandbox":
    "Plans and billing belong to an organization. Choose one that you are a member of, or sign in as another test user.",
  "no_organization.lead":
    "Plans and billing belong to an organization. Choose one where you signed in, or ask an admin for an invitation, then return here.",
  "no_organization.choose": "Choose an organization",

  // Actions on several pages
  "action.see_plans": "See plans",
  "action.choose_plan": "Choose a plan",
  "action.back_to_plans": "Back to plans",
  "action.to_organization": "Go to your organization",
  "action.try_again": "Try again",
  "action.refresh": "Refresh from Stripe",
  "action.buy_tokens": "Buy tokens",
  "action.update_card": "Update card",
  "action.add_card": "Add card",
  "action.pay_invoice": "Pay open invoice",
  "action.finish_payment": "Finish payment",
  "action.resume": "Resume {plan}",

  // Error pages
  "error.eyebrow": "Error {status}",
  "error.request_id": "Request ID: {id}",
  "error.details": "Details: {message}",
  "error.no_customer.heading": "No billing yet",
  "error.no_customer.text":
    "Your organization has no payment method and no invoices. Choose a plan to get started.",
  "error.no_organization.text":
    "Billing belongs to an organization, and you are signed in without one.",
  "error.401.text": "Sign in to return to your organization.",
  "error.403.heading": "You don't have access",
  "error.403.text": "Ask an admin of your organization for access.",
  "error.404.heading": "Page not found",
  "error.404.text": "The address may be mistyped, or the page has moved.",
  "error.429.heading": "Too many requests",
  "error.429.text":
    "You've sent too many requests. Wait a minute, then try again. Nothing was changed.",
  "error.503.heading": "Temporarily unavailable",
  "error.503.text":
    "A service that this page needs can't be reached. Nothing was changed. Try again in a few seconds.",
  "error.500.heading": "Something went wrong",
  "error.500.text":
    "We've logged it. Try again in a moment; if it keeps happening, share this request ID.",
  "error.400.heading": "Invalid link",
  "error.400.text": "Part of the address is mistyped or out of date.",
  "error.400.action": "Open without filters",
  "error.refused.heading": "The request couldn't be completed",
  "error.refused.text": "Go back and try again.",

  // Results of actions
  "flash.plan_active": "{plan} is active.",
  "flash.paid": "Payment confirmed. Thank you.",
  "flash.paid_invoice":
    "Your payment is confirmed. Find the invoice in Manage Billing.",
  "flash.trial":
    "Your trial runs until {date}. You won't be charged before then.",
  "flash.paid_pack":
    "Payment confirmed. Thank you. The tokens are in your balance, and the invoice is listed below.",
  "flash.processing_pack":
    "Payment pending. Thank you. Tokens are added when it clears, usually within a few days.",
  "flash.processing":
    "Payment pending. Thank you. Your plan starts when it clears, usually within a few days.",
  "flash.payment_failed":
    "Your payment failed and you weren't charged. Choose a plan to try again with another payment method.",
  "flash.payment_failed_pack":
    "Your payment failed and you weren't charged. No tokens were added.",
  "flash.open":
    "Checkout isn't finished, and you weren't charged. Choose the plan again to continue.",
  "flash.expired":
    "Checkout has expired, and you weren't charged. Choose a plan to start again.",
  "flash.not_yours":
    "That checkout belongs to another organization. This organization's billing is below.",
  "flash.unavailable":
    "Can't reach Stripe to confirm your payment. Your payment is safe: reload this page in a moment.",
  "flash.checked": "Up to date.",
  "flash.too_soon": "Refreshed a moment ago. Try again in ten seconds.",
  "flash.failed": "Can't reach Stripe.",
  "flash.outdated": "The information below may be out of date.",
  "flash.last_synced": "The information below is from {time}.",

  // Organization page
  "plans.tab": "Plans",
  "plans.details_tab": "Details",
  "plans.all": "All plans",
  "plans.tokens":
    "{count, plural, one {# token per month} other {# tokens per month}}",
  "plans.calls":
    "{count, plural, one {# API call per minute} other {# API calls per minute}}",
  "plans.your_plan": "Your plan",
  "plans.custom": "Custom plan",

  // Prices
  "rate.month": "{amount} per month",
  "rate.year": "{amount} per year",
  "plan_interval.month": "{plan} (monthly)",
  "plan_interval.year": "{plan} (yearly)",
  "interval.legend": "Billing interval",
  "interval.month": "Monthly",
  "interval.year": "Yearly",
  "interval.save_up_to": "save up to {amount}",
  "price.zero_note": "No card required",
  "price.at_checkout": "Price shown at checkout",
  "price.per_month": "<strong>{amount}</strong> per month",
  "price.per_year": "<strong>{amount}</strong> per year",
  "price.or_month": "or {amount} per month",
  "price.or_year": "or {amount} per year",
  "price.or_year_saving": "or {amount} per year, save {saving}",
  "price.saving": "save {saving}",
  "limits.tokens": "Tokens per month",
  "limits.calls": "API calls per minute",
  "pricing.title": "Pricing",
  "pricing.start": "Start for free",
  "pricing.contact": "Need a custom plan? <link>Contact us</link>",
  "plans.recommended": "Recommended",
  "pricing.heading": "Three plans, one bill",
  "pricing.lead":
    "Start without a card. One plan covers your organization; change or cancel it anytime in Manage Billing.",

  // Plan cards: status and action
  "plan.choose": "Choose {plan}",
  "plan.try":
    "{days, plural, one {Try {plan} for # day} other {Try {plan} for # days}}",
  "plan.starts_on": "Starts on {date}",
  "plan.ends_on": "Ends on {date}",
  "plan.from": "From {date}",
  "plan.keep": "Keep {plan}",
  "plan.cancel": "Cancel {plan}",
  "plan.cancel_custom": "Cancel your plan",
  "plan.switch": "Switch to {plan}",
  "plan.switch_month": "Switch to monthly",
  "plan.switch_year": "Switch to yearly",
  "plan.starts_once_paid": "Starts once it is paid",
  "plan.retrying": "Active – retrying payment",
  "plan.on_hold": "On hold until the open invoice is paid",
  "plan.paused": "Paused. You won't be charged.",
  "plan.current": "Current plan",
  "plan.current_rate": "Current plan: {rate}",
  "plan.trial_then": "Trial, then {rate}",
  "plan.after_first_payment": "Available after the first payment for {plan}",
  "plan.after_payment": "Available after your payment goes through",
  "plan.after_resume": "Available after {plan} is resumed",
  "plan.change_scheduled": "A plan change is scheduled",
  "plan.custom_change": "Custom plan – contact us to change it",

  // Subscription status
  "status.charged_to": "Charged to {card}",
  "status.no_card": "No payment method",
  "status.incomplete": "{plan} starts after its first payment.",
  "status.incomplete_expired": "The first payment for {plan} wasn't finished.",
  "status.paused": "Paused. You won't be charged.",
  "status.unpaid": "On hold until the open invoice is paid.",
  "status.ended": "{plan} has ended.",
  "status.ended_on": "{plan} ended on {date}.",
  "status.ends_on": "Ends on {date}. You won't be charged again.",
  "status.past_due": "Your last payment failed.",
  "status.change": "{plan} starts on {date}.",
  "status.trial": "Your trial runs until {date}.",
  "status.trial_then": "Your trial runs until {date}, then {rate}.",
  "status.next_charge": "Next charge on {date}.",
  "status.next_charge_amount": "Next charge: {amount} on {date}.",
  "card.ending": "{brand} ending in {last4}",

  // Manage Billing
  "manage.button": "Manage Billing",
  "manage.about":
    "Update your payment method and billing details, or download invoices.",
  "manage.about_overdue": "Update the card that couldn't be charged.",
  "manage.details": "Invoices and billing details",
  "manage.forbidden":
    "Only admins can manage billing. Ask an admin of your organization for access.",
  "manage.none": "No billing yet.",
  "manage.none_text": "Choose a plan to add a payment method and see invoices.",
  "manage.none_member":
    "Once an admin chooses a plan, its payment method and invoices appear here.",
  "redirect.pending": "Opening Stripe…",
  "redirect.timeout": "Stripe is taking too long. Try again in a moment.",
  "redirect.offline":
    "Can't reach the server. Check your connection, then try again.",
  "redirect.session_ended": "Your session has ended.",
  "redirect.sign_in": "Sign in again",
  "redirect.forbidden":
    "Only admins can manage billing. Ask an admin for access.",
  "redirect.busy": "Too many requests. Try again in {seconds} seconds.",
  "redirect.failed": "Can't open Stripe. Try again in a moment.",
  "redirect.no_billing": "No billing yet.",
  "redirect.plan_unavailable":
    "This plan isn't available. Reload the page to see the current plans.",

  // Alerts
  "alert.ask_finish": "Ask an admin of your organization to finish it.",
  "alert.ask_card": "Ask an admin of your organization to update the card.",
  "alert.ask_pay":
    "Ask an admin of your organization to update the card and pay the open invoice.",
  "alert.ask_resume": "Ask an admin of your organization to resume it.",
  "alert.ask_add_card": "Ask an admin of your organization to add a card.",
  "alert.unfinished": "Finish your payment",
  "alert.unfinished_text":
    "Finish your payment to start {plan}. It expires after 23 hours, and you won't be charged.",
  "alert.failed": "Your last payment failed",
  "alert.failed_text": "{plan} stays active while we retry the payment.",
  "alert.failed_step": "Update your card to keep {plan}.",
  "alert.given_up": "{plan} is on hold: payment failed",
  "alert.given_up_text": "All retries failed. Your data is safe.",
  "alert.given_up_step": "Update your card, then pay the open invoice.",
  "alert.paused": "{plan} is paused",
  "alert.paused_no_card": "There is no card to charge.",
  "alert.paused_text": "You won't be charged until you resume it.",
  "alert.paused_step": "Resume it in Manage Billing.",
  "alert.trial": "Your trial ends on {date}",
  "alert.trial_ends": "{plan} ends with the trial. You won't be charged.",
  "alert.trial_no_card": "Add a card to keep {plan} after the trial.",
  "alert.trial_continues":
    "{plan} then continues, charged to {card}. Cancel before then to avoid the charge.",
  "alert.trial_continues_rate":
    "{plan} then continues for {rate}, charged to {card}. Cancel before then to avoid the charge.",

  // Plan change
  "change.title": "Switch to {plan}",
  "change.organization": "Your organization",
  "change.continue": "Continue",
  "change.keep": "Keep current plan",
  "change.forbidden":
    "Only admins can change the plan. Ask an admin of your organization for access.",
  "change.trial_ends": "Your trial ends with this change.",
  "change.due": "{amount} due today, then {rate} from {date}.",
  "change.due_only":
    "{amount} due today. Your subscription still ends on {date}.",
  "change.credit": "{amount} of unused time is credited to later invoices.",
  "change.due_today": "Due today",
  "change.estimate": "Estimate from Stripe. You'll confirm on the next page.",
  "change.unknown":
    "Can't get today's amount from Stripe. The new price is {rate}; you'll see the amount due before you confirm.",
  "change.later": "{plan} starts on {date} at {rate}. Nothing is due today.",
  "change.later_note":
    "{plan} is paid until then and stays active. You'll confirm on the next page.",
  "change.same": "This is already your plan.",
  "change.impossible":
    "Your organization can't switch to this plan now. See your options on the plans page.",
  "checkout.eyebrow": "Checkout",
  "checkout.continue": "Continue to payment",
  "checkout.lead":
    "You pay on {host}. If the page doesn't open automatically, use the button.",

  // Organization details
  "details.heading": "Details",
  "details.organization": "Organization",
  "details.unnamed": "Name not available",
  "details.id": "ID",
  "details.role": "Your role",
  "details.no_role": "None",
  "details.access": "Billing access",
  "details.all_members": "All members",
  "details.access_yes": "{roles} – you have access",
  "details.access_no": "{roles} – you don't have access",
  "details.billing": "Invoices and payment methods",
  "details.billing_yes": "In Manage Billing",
  "details.billing_no": "None yet",
  "details.you": "You",
  "details.your_organization": "Your organization",
  "details.name": "Name",
  "details.email": "Email",
  "role.admin": "Admin",
  "role.member": "Member",

  // Account page
  "account.title": "Account",
  "account.wallet": "Balance",
  "account.usage": "Usage",
  "account.usage_heading": "Usage in the last 30 days",
  "account.ledger": "Transactions",
  "account.invoices": "Invoices",
  "account.plan": "Plan",
  "account.plan_heading": "Plan and billing",
  "account.api_keys": "API keys",
  "account.all_plans": "See all plans",
  "wallet.total": "Token balance",
  "wallet.empty": "Your balance is empty.",
  "wallet.empty_text":
    "Requests that cost tokens are declined until you add more.",
  "wallet.low": "Your balance is low.",
  "wallet.low_text": "Requests that exceed your balance are declined.",
  "wallet.granted": "Included in your plan",
  "wallet.of": "of {count}",
  "wallet.meter": "{granted} of {total}",
  "wallet.purchased": "Purchased",
  "wallet.purchased_text": "Used after your included tokens. Never expire.",
  "wallet.next_with_payment": "Renews with your plan's next payment.",
  "wallet.resets": "Resets to {count} on {date}.",
  "wallet.no_rollover": "Unused tokens don't roll over.",
  "usage.none": "No usage in the last 30 days.",
  "usage.none_text":
    "<link>Create an API key</link> to start; usage appears here daily.",
  "usage.total": "{count, plural, one {# token} other {# tokens}}",
  "usage.summary":
    "{days, plural, one {{total} in # day. Peak on {date}: {most}.} other {{total} in # days. Peak on {date}: {most}.}}",
  "usage.chart": "Tokens used per day in the last 30 days",
  "usage.chart_about":
    "Between 0 and {most} per day. The table below lists all values.",
  "usage.day": "{date}: {count}",
  "usage.today": "Today",
  "usage.table": "View as table",
  "usage.table_caption": "Tokens used per day, in UTC",
  "usage.table_day": "Day (UTC)",
  "usage.table_tokens": "Tokens",
  "packs.tokens":
    "{count, plural, one {<strong>#</strong> token} other {<strong>#</strong> tokens}}",
  "packs.once": "{amount} one-time",
  "packs.buy": "Buy {pack}",
  "packs.forbidden":
    "Only admins can buy tokens. Ask an admin of your organization for access.",
  "pending.thanks": "Thank you.",
  "pending.processing": "{pack}: payment pending since {date}.",
  "pending.processing_text":
    "{count, plural, one {# token is added when it clears, usually within a few days.} other {# tokens are added when it clears, usually within a few days.}}",
  "pending.failed": "{pack}: payment failed on {date}.",
  "pending.failed_text": "You weren't charged, and no tokens were added.",
  "pending.buy_again": "You can try again with another payment method.",
  "pending.ask_buy": "Ask an admin of your organization to buy it again.",
  "pending.watching": "This page updates when the payment clears.",
  "pending.not_watching": "Return to this page to see the payment's status.",

  // Transactions
  "ledger.filter": "Filter by type",
  "ledger.all": "All",
  "ledger.grants": "Grants",
  "ledger.purchases": "Purchases",
  "ledger.charges": "Charges",
  "ledger.refunds": "Refunds",
  "ledger.expired": "Expired",
  "ledger.adjustments": "Adjustments",
  "ledger.kind.grant": "Granted",
  "ledger.kind.purchase": "Purchased",
  "ledger.kind.charge": "Used",
  "ledger.kind.refund": "Refunded",
  "ledger.kind.expiry": "Expired",
  "ledger.kind.adjustment": "Adjusted",
  "ledger.invoice": "Invoice",
  "ledger.invoice_of": "Invoice for {description}",
  "ledger.unit": "tokens",
  "ledger.balance": "Balance: {count}",
  "ledger.none": "No transactions yet.",
  "ledger.none_text": "Grants, purchases and usage appear here.",
  "ledger.none_of_kind": "No transactions of this type.",
  "ledger.searched":
    "We searched the latest 1,000 transactions. There are older ones.",
  "ledger.searched_more":
    "We searched 1,000 more transactions. There are older ones.",
  "ledger.no_older": "There are no older ones.",
  "ledger.show_all": "Show all transactions",
  "ledger.newest": "Latest transactions",
  "ledger.older": "Older transactions",
  "entry.monthly": "{plan} plan – monthly tokens",
  "entry.prorated": "{plan} plan – prorated tokens",
  "entry.expired": "Unused tokens expired",
  "entry.pack": "{pack} credit pack",
  "entry.refund": "Credit pack refunded",
  "entry.dispute": "Credit pack payment disputed",
  "entry.refund_reversed": "Refund reversed",
  "entry.dispute_reversed": "Dispute reversed",

  // Invoices
  "invoices.unavailable": "Can't reach Stripe.",
  "invoices.unavailable_text": "Your invoices are safe.",
  "invoices.no_older": "No older invoices.",
  "invoices.none": "No invoices yet.",
  "invoices.none_text": "Your first invoice appears after your next payment.",
  "invoices.none_customer":
    "<plans>Choose a plan</plans> or <credits>buy tokens</credits> to get started.",
  "invoices.newest": "Latest invoices",
  "invoices.older": "Older invoices",
  "invoices.view": "View",
  "invoices.pdf": "PDF",
  "invoices.view_of": "View invoice {number}",
  "invoices.pdf_of": "PDF of invoice {number}",
  "invoices.open": "Open",
  "invoices.paid": "Paid",
  "invoices.uncollectible": "Uncollectible",
  "invoices.void": "Void",

  // API keys
  "keys.lead":
    "API keys give your apps access to {organization}. <link>API reference</link>",
  "keys.forbidden":
    "Only admins can see and create API keys. Ask an admin of your organization for access.",
  "keys.list": "Keys",
  "keys.new": "New key",
  "keys.jump": "Create a key",
  "keys.none": "No API keys yet.",
  "keys.none_text": "Keys are shown only once, so store yours somewhere safe.",
  "keys.permissions": "Permissions",
  "keys.created": "Created {date}",
  "keys.never_used": "Never used",
  "keys.last_used": "Last used {time}",
  "keys.revoke": "Revoke",
  "keys.cancel": "Cancel",
  "keys.revoke_text":
    "Requests with <strong>{name}</strong> (<code>{prefix}</code>) are declined immediately. This can't be undone.",
  "keys.revoke_confirm": "Revoke key",
  "keys.revoked": "API key revoked.",
  "keys.your_new": "Your new API key",
  "keys.copy_now": "Copy this key now. You won't be able to see it again.",
  "keys.replaced":
    "The form was submitted twice. Only this key is valid; discard one that you copied before.",
  "keys.label": "API key",
  "keys.copy": "Copy",
  "keys.copied": "Copied.",
  "keys.copy_by_hand": "Selected. Copy it with your keyboard.",
  "keys.duplicate_revoked":
    "This form has already created a key, which has been revoked since. No second key was created.",
  "keys.duplicate":
    "<strong>{name} was already created.</strong> No second key was created, and the first can't be shown again. If you haven't copied it, revoke it and create another.",
  "keys.full":
    "Your organization has {max} keys, the maximum. Revoke a key you no longer use.",
  "keys.name": "Name",
  "keys.name_about": "The app that uses this key.",
  "keys.name_example": "Build server",
  "keys.create": "Create key",
  "keys.name_missing": "Enter a name.",
  "keys.name_invalid": "Use at most 80 characters on one line.",
  "keys.scopes_missing": "Select at least one permission.",
  "scope.read": "Read billing",
  "scope.read_about": "Balance, transactions and invoices.",
  "scope.manage": "Manage billing",
  "scope.manage_about": "Also opens the portal and Checkout.",
  "scope.charge": "Charge usage",
  "scope.charge_about": "Deduct tokens for usage.",

  // API reference
  "docs.title": "API reference",
  "docs.eyebrow": "Reference",
  "docs.lead":
    "Authenticate with an <keys>API key</keys> or a session. <openapi>Download OpenAPI 3.1</openapi>",
  "docs.noscript":
    "The reference needs JavaScript. You can open the OpenAPI document in any viewer.",

  // Changes on Stripe’s pages
  "mode.label": "Mode",
  "plans.activity_tab": "Activity",
  "plan.undo_change": "Undo change",
  "plan.until": "Until {date}",
  "plan.keep_to_switch": "Keep {plan} to switch plans",
  "keep.heading": "Keep {plan}?",
  "keep.change":
    "The change to {next} on {date} will be undone. {plan} renews as before.",
  "keep.end": "{plan} won’t end on {date}. It renews as before.",
  "keep.back": "Back",
  "changes.none": "Nothing changed.",
  "changes.started": "{plan} is active.",
  "changes.plan": "Switched to {plan}.",
  "changes.monthly": "Switched to monthly billing.",
  "changes.yearly": "Switched to yearly billing.",
  "changes.scheduled": "{plan} until {date}, then {next}.",
  "changes.scheduled_monthly": "{plan} yearly until {date}, then monthly.",
  "changes.scheduled_yearly": "{plan} monthly until {date}, then yearly.",
  "changes.undone": "The plan change was undone. You keep {plan}.",
  "changes.ends": "{plan} ends on {date}.",
  "changes.ended": "{plan} has ended.",
  "changes.resumed": "{plan} resumed.",
  "changes.paused": "{plan} is paused.",
  "changes.paid": "Payment received. {plan} is active.",
  "changes.card": "Default card is now {card}.",
  "keys.expiry_invalid": "Choose an expiration from the list.",
  "invoices.amounts_only": "Only admins can open invoices.",
  "account.download_csv": "Download CSV",
  "ledger.from": "From",
  "ledger.to": "To",
  "ledger.apply_dates": "Apply dates",
} as const;

/** A catalogue: a language that lacks a message does not compile. */
export type Messages = Record<keyof typeof en, string>;
