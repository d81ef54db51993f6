import { callerOf } from "@/lib/caller.ts";
import { chargeWallet, requireUsageWriter, showCharge } from "@/lib/charges.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { readJson } from "@/lib/request_body.ts";
import { parse } from "@/lib/schemas.ts";
import { chargeSchema, idempotencySchema } from "@/lib/schemas/wallet.ts";

export const handler = endpoint({
  async POST(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await callerOf(ctx);
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
