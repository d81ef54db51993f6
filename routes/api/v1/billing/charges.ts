import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { chargeSchema, idempotencySchema } from "@/lib/http/schemas/wallet.ts";
import { chargeWallet, showCharge } from "@/lib/wallet/charges.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "usage:write",
    headers: idempotencySchema,
    body: chargeSchema,
    async handle({ services, principal, input }) {
      const { "Idempotency-Key": idempotencyKey, ...charge } = input;
      const request = { ...charge, idempotencyKey };
      const { entry, repeated } = await chargeWallet(
        services,
        principal,
        request,
      );
      return Response.json(showCharge(entry), { status: repeated ? 200 : 201 });
    },
  }),
});
