/** The minimum that serves requests and opens a store. */
await Deno.openKv(Deno.env.get("KV_PATH"));
Deno.serve({ port: Number(Deno.env.get("PORT")) }, () => new Response("ok"));
