import { Portico, PorticoError } from "@portico/client";
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { PORTICO_URL, PORTICO_KEY, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } =
  process.env;

const portico = new Portico({ url: PORTICO_URL, key: PORTICO_KEY });
const keys = createRemoteJWKSet(new URL(AUTH_JWKS_URL));

const app = express();

// The organization comes from the verified token, never from the request.
app.use(async (request, response, next) => {
  const token = request.get("Authorization")?.replace(/^Bearer /, "") ?? "";
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: AUTH_ISSUER,
      audience: AUTH_AUDIENCE,
    });
    request.organization = portico.organization(payload.org_id);
  } catch {
    return response.status(401).json({ error: "unauthorized" });
  }
  next();
});

app.get("/audit-log", async (request, response) => {
  await request.organization.requireFeature("audit_log");
  response.json({ entries: [] });
});

app.put("/reports/:id", async (request, response) => {
  const { balance } = await request.organization.charge(250, {
    idempotencyKey: `report:${request.params.id}`,
    description: "Report",
  });
  response.status(201).json({ id: request.params.id, balance });
});

app.use((error, _request, response, next) => {
  if (error instanceof PorticoError && error.status === 402) {
    return response.status(402).json(error.body);
  }
  next(error);
});

app.listen(process.env.PORT ?? 3000, "127.0.0.1");
