// Shows the API's document. The colours, light and dark, are the page's own.

globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  docExpansion: "list",
  // A key that is typed in is forgotten with the page.
  persistAuthorization: false,
  // Nothing is asked of another host.
  validatorUrl: null,
});
