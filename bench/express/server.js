/**
 * The same endpoints with Express on Node, jose, Stripe's SDK and SQLite with
 * durable commits. Every session token is verified. A webhook event is
 * verified, deduplicated and stored, but unlike in Portico it triggers no sync
 * with Stripe.
 */
import process from "node:process";
import express from "express";
import { importSPKI, jwtVerify } from "jose";
import Stripe from "stripe";
import { createCharge, openDatabase, seedOrganizations } from "./database.js";

const { env } = process;
const key = await importSPKI(env.AUTH_JWT_KEY, "RS256");
const { protocol, hostname, port } = new URL(env.STRIPE_API_BASE);
const stripe = new Stripe(env.STRIPE_SECRET_KEY, {
  protocol: protocol.replace(":", ""),
  host: hostname,
  port,
  telemetry: false,
});
const db = openDatabase(env.DATABASE);
seedOrganizations(db, env.ORGANIZATIONS.split(","));

const charge = createCharge(db);
const findOrganization = db.prepare(
  "SELECT * FROM organizations WHERE id = ?",
);
const insertEvent = db.prepare(`
  INSERT INTO events (id, type, payload, received_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING
`);

const app = express();
app.disable("x-powered-by");
app.disable("etag");

app.get("/healthz", (_req, res) => res.json({ ok: true }));

app.post(
  "/api/v1/webhooks/stripe",
  express.raw({ type: "*/*", limit: "1mb" }),
  (req, res) => {
    let event;
    try {
      event = stripe.webhooks.constructEvent(
        req.body,
        req.get("Stripe-Signature"),
        env.STRIPE_WEBHOOK_SECRET,
      );
    } catch {
      return res.status(400).json({ error: "invalid_signature" });
    }
    insertEvent.run(event.id, event.type, req.body.toString(), Date.now());
    res.json({ received: true });
  },
);

async function authenticate(req, res, next) {
  const [, token] = /^Bearer (.+)$/.exec(req.get("Authorization") ?? "") ?? [];
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"] });
    if (payload.azp !== env.APP_URL) throw new Error("Unknown party");
    req.organization = payload.o.id;
    req.role = payload.o.rol;
  } catch {
    return res.status(401).json({ error: "unauthorized" });
  }
  next();
}

app.use("/api", authenticate);

app.post("/api/v1/account/billing-portal", async (req, res) => {
  const organization = findOrganization.get(req.organization);
  if (organization === undefined) {
    return res.status(400).json({ error: "no_stripe_customer" });
  }
  const session = await stripe.billingPortal.sessions.create({
    customer: organization.stripe_customer_id,
    return_url: `${env.APP_URL}/account`,
  });
  res.json({ url: session.url });
});

app.post("/api/v1/billing/charges", express.json(), (req, res) => {
  const { tokens } = req.body;
  const source = req.get("Idempotency-Key");
  if (req.role !== "admin") return res.status(403).json({ error: "forbidden" });
  if (!Number.isSafeInteger(tokens) || tokens < 1 || !source) {
    return res.status(400).json({ error: "validation_error" });
  }
  const entry = charge(req.organization, tokens, source);
  if (entry === null) {
    return res.status(402).json({ error: "insufficient_balance" });
  }
  res.status(201).json({ id: entry.seq, tokens, balance: entry.balance });
});

const PAID = ["active", "trialing", "past_due"];

app.get("/api/v1/account/balance", (req, res) => {
  const organization = findOrganization.get(req.organization);
  const { granted, purchased, status } = organization;
  const paid = PAID.includes(status);
  res.json({
    plan: paid ? "paid" : "free",
    plan_id: paid ? organization.plan : "free",
    interval: paid ? organization.interval : null,
    status,
    cancel_at: toTime(organization.cancel_at),
    current_period_end: toTime(organization.current_period_end),
    tokens: { total: granted + purchased, granted, purchased },
    has_customer: organization.stripe_customer_id !== null,
  });
});

function toTime(timeMs) {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}

app.listen(Number(env.PORT), env.HOST);
