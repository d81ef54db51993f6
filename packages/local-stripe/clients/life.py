"""A customer's life with stripe-python, against the local Stripe at the URL given."""

import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import stripe

BASE = sys.argv[1]
client = stripe.StripeClient(
    "sk_test_local", base_addresses={"api": BASE}, max_network_retries=0
)
v1 = client.v1


def visit(url, form=None):
    """Requests a hosted page as a browser would; returns its status and text."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, data, {"Sec-Fetch-Site": "same-origin"})

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args):
            return None

    try:
        with urllib.request.build_opener(Stay).open(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def refused(error_type, work):
    try:
        work()
    except error_type as error:
        return error
    raise AssertionError(f"expected {error_type.__name__}")


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def priced(name, amount):
    return v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": "month"},
            "product_data": {"name": name},
        }
    )


def use_card(customer, name):
    method = v1.payment_methods.attach(name, {"customer": customer.id})
    settings = {"default_payment_method": method.id}
    v1.customers.update(customer.id, {"invoice_settings": settings})
    return method


pro, scale = priced("Pro", 2900), priced("Scale", 9900)
customer = v1.customers.create({"name": "Ada", "email": "ada@example.com"})
use_card(customer, "pm_card_visa")

# Subscription, and an upgrade whose proration is invoiced at once.
subscription = v1.subscriptions.create(
    {"customer": customer.id, "items": [{"price": pro.id}]}
)
same(subscription.status, "active")
item = subscription["items"].data[0]
upgraded = v1.subscriptions.update(
    subscription.id,
    {
        "items": [{"id": item.id, "price": scale.id}],
        "proration_behavior": "always_invoice",
        "expand": ["latest_invoice.payments"],
    },
)
invoice = upgraded.latest_invoice
same([invoice.status, len(invoice.lines.data)], ["paid", 2])
assert 6900 <= invoice.amount_paid <= 7000, invoice.amount_paid
same(sorted(line.amount > 0 for line in invoice.lines.data), [False, True])

# Decline: the error has the payment.
declining = v1.customers.create({})
use_card(declining, "pm_card_chargeCustomerFail")
error = refused(
    stripe.CardError,
    lambda: v1.subscriptions.create(
        {
            "customer": declining.id,
            "items": [{"price": pro.id}],
            "payment_behavior": "error_if_incomplete",
        }
    ),
)
same([error.http_status, error.code], [402, "card_declined"])
same(error.error.payment_intent.object, "payment_intent")
assert error.error.charge.startswith("ch_")

# 3-D Secure: the invoice's page leads to the bank.
careful = v1.customers.create({})
use_card(careful, "pm_card_authenticationRequired")
waiting = v1.subscriptions.create(
    {
        "customer": careful.id,
        "items": [{"price": pro.id}],
        "expand": ["latest_invoice.confirmation_secret"],
    }
)
same(waiting.status, "incomplete")
assert waiting.latest_invoice.confirmation_secret.client_secret
bank = waiting.latest_invoice.hosted_invoice_url + "/verify"
same(visit(bank)[0], 200)
same(visit(bank, {"outcome": "complete"})[0], 303)
same(v1.subscriptions.retrieve(waiting.id).status, "active")

# Refund, with its balance transaction.
charges = v1.charges.list({"customer": customer.id}).data
refund = v1.refunds.create(
    {"charge": charges[0].id, "amount": 500, "expand": ["balance_transaction"]}
)
same([refund.status, refund.balance_transaction.net], ["succeeded", -500])

# The portal.
session = v1.billing_portal.sessions.create({"customer": customer.id})
status, page = visit(session.url)
same(status, 200)
assert re.search(r"Scale.*\$99\.00 per month", page, re.S), page

# Checkout.
checkout = v1.checkout.sessions.create(
    {
        "mode": "payment",
        "customer": customer.id,
        "success_url": "https://app.example.com/done",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 1000,
                    "product_data": {"name": "Pack"},
                },
            }
        ],
    }
)
paid = visit(
    checkout.url,
    {
        "email": "ada@example.com",
        "number": "4242 4242 4242 4242",
        "expiry": "04 / 40",
        "cvc": "123",
        "name": "Ada",
        "country": "GB",
    },
)
same(paid[0], 303)
same(v1.checkout.sessions.retrieve(checkout.id).payment_status, "paid")

# Events, newest first.
(completed,) = v1.events.list({"type": "checkout.session.completed"}).data
same(completed.data.object.id, checkout.id)

# Pagination.
for count in range(25):
    v1.customers.create({"email": "many@example.com", "name": str(count)})
listed = v1.customers.list({"email": "many@example.com", "limit": 10})
names = [one.name for one in listed.auto_paging_iter()]
same(names, [str(count) for count in reversed(range(25))])

# Idempotency.
once = {"idempotency_key": "once"}
first = v1.customers.create({"name": "One"}, once)
same(v1.customers.create({"name": "One"}, once).id, first.id)
refused(
    stripe.IdempotencyError, lambda: v1.customers.create({"name": "Two"}, once)
)

print(f"stripe-python {stripe.VERSION}: all steps passed")
