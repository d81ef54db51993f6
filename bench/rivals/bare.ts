/** The least that serves and has a store open: what starting costs at best. */
await Deno.openKv(Deno.env.get("KV_PATH"));
Deno.serve({ port: Number(Deno.env.get("PORT")) }, () => new Response("ok"));
