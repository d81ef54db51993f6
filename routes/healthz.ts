import { endpoint } from "@/lib/endpoint.ts";

/** The process answers; what it depends on is `/readyz`. */
export const handler = endpoint({ GET: () => Response.json({ ok: true }) });
