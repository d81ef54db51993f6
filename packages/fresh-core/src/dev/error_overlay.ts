/** The page that shows an error over an error page in development. */
export function errorOverlay(query: URLSearchParams): Response {
  const message = escapeHtml(query.get("message") ?? "Internal server error");
  const stack = escapeHtml(query.get("stack") ?? "");
  const html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
<style>
body { margin: 0; padding: 2rem; min-height: 100vh; box-sizing: border-box;
  font: 1rem/1.5 system-ui, sans-serif; color: #222; background: #fffc; }
main { max-width: 60rem; margin: auto; padding: 1rem 2rem; background: #fff;
  border-top: 0.5rem solid #c33; box-shadow: 0 0.5rem 2rem #0004; }
pre { overflow: auto; white-space: pre-wrap; }
</style>
</head>
<body>
<main>
<h1>${message}</h1>
<pre>${stack}</pre>
<button type="button" onclick="parent.document.getElementById('fresh-error-overlay')?.remove()">Close</button>
</main>
</body>
</html>
`;
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
