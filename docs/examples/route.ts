// app/api/reports/[id]/route.ts
import process from "node:process";
import { Portico, PorticoError } from "@portico/client";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { PORTICO_URL, PORTICO_KEY, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } =
  process.env;

const portico = new Portico({ url: PORTICO_URL!, key: PORTICO_KEY! });
const keys = createRemoteJWKSet(new URL(AUTH_JWKS_URL!));

export async function PUT(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const orgId = await organizationOf(request);
  if (orgId === null) {
    return Response.json({ error: "unauthorized" }, { status: 401 });
  }
  const { id } = await params;
  const organization = portico.organization(orgId);
  try {
    await organization.requireFeature("audit_log");
    const { balance } = await organization.charge(250, {
      idempotencyKey: `report:${id}`,
      description: "Report",
    });
    return Response.json({ id, balance }, { status: 201 });
  } catch (error) {
    if (error instanceof PorticoError && error.status === 402) {
      return error.toResponse();
    }
    throw error;
  }
}

/** Reads the organization from the session cookie's verified token. */
async function organizationOf(request: Request): Promise<string | null> {
  const cookies = request.headers.get("Cookie") ?? "";
  const token = /(?:^|; )__session=([^;]+)/.exec(cookies)?.[1] ?? "";
  try {
    const { payload } = await jwtVerify<{ org_id?: string }>(token, keys, {
      issuer: AUTH_ISSUER!,
      audience: AUTH_AUDIENCE!,
    });
    return payload.org_id ?? null;
  } catch {
    return null;
  }
}
