// Renders the OpenAPI document; docs.css sets the colors.

globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  docExpansion: "list",
  // Don't store the entered API key in the browser.
  persistAuthorization: false,
  // Don't call the online validator.
  validatorUrl: null,
});
