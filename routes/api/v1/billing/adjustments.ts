import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import {
  adjustmentSchema,
  idempotencySchema,
} from "@/lib/http/schemas/wallet.ts";
import { adjustWallet, showAdjustment } from "@/lib/wallet/adjustments.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "organizations:write",
    headers: idempotencySchema,
    body: adjustmentSchema,
    async handle({ services, principal, orgId, input }) {
      const { "Idempotency-Key": idempotencyKey, ...adjustment } = input;
      const id = principal.serviceKeyId;
      const { entry, repeated } = await adjustWallet(services, {
        orgId,
        idempotencyKey,
        ...adjustment,
        actor: { type: "service_key", id },
      });
      const status = repeated ? 200 : 201;
      return Response.json(showAdjustment(entry), { status });
    },
  }),
});
