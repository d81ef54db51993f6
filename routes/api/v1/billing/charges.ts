import { requireCaller } from "@/lib/http/authenticate_request.ts";
import {
  chargeWallet,
  requireUsageWriter,
  showCharge,
} from "@/lib/wallet/charges.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { readJson } from "@/lib/http/request.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import { chargeSchema, idempotencySchema } from "@/lib/http/schemas/wallet.ts";

export const handler = apiRoute({
  async POST(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await requireCaller(ctx);
    requireUsageWriter(principal);
    const { "Idempotency-Key": idempotencyKey } = parse(idempotencySchema, {
      "Idempotency-Key": req.headers.get("Idempotency-Key") ?? undefined,
    });
    const charge = parse(chargeSchema, await readJson(req));
    const request = { ...charge, idempotencyKey };
    const { entry, repeated } = await chargeWallet(
      services,
      principal,
      request,
    );
    return Response.json(showCharge(entry), { status: repeated ? 200 : 201 });
  },
});
