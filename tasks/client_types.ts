/** `deno task client:types`: writes the client's types from the OpenAPI document. */
import { openApiDocument } from "@/lib/http/openapi/document.ts";

const FILE = new URL("../packages/client/api.ts", import.meta.url);

/** The types of the bodies and responses of the operations that the client calls. */
const NAMES: Record<string, { body?: string; response?: string }> = {
  readBalance: { response: "Balance" },
  charge: { body: "ChargeBody", response: "Charge" },
  openCheckout: { body: "CheckoutChoice", response: "RedirectUrl" },
  openPortal: { body: "PortalIntent" },
};

interface Schema {
  $ref?: string;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  const?: unknown;
  description?: string;
  enum?: unknown[];
  items?: Schema;
  not?: Schema;
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  type?: string;
}

interface Content {
  description?: string;
  content?: { "application/json"?: { schema?: Schema } };
}

interface Operation {
  operationId: string;
  summary: string;
  requestBody?: Content;
  responses: Record<string, Content>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Error: Schema } };
}

/** Returns the content of the client's `api.ts`, formatted. */
export async function clientTypes(): Promise<string> {
  const { paths, components } = openApiDocument("", "") as unknown as Document;
  return await format([
    "// Generated from the OpenAPI document by `deno task client:types`.",
    ...Object.values(paths).flatMap(Object.values).flatMap(typesOf),
    declaration("ApiError", "The body of an error", components.schemas.Error),
  ].join("\n\n"));
}

function typesOf(
  { operationId, summary, requestBody, responses }: Operation,
): string[] {
  const { body, response } = NAMES[operationId] ?? {};
  const success = responses["201"] ?? responses["200"];
  return [
    ...(body ? [declaration(body, summary, schemaOf(requestBody))] : []),
    ...(response
      ? [declaration(response, success?.description, schemaOf(success))]
      : []),
  ];
}

/** @throws {TypeError} If the operation has no JSON. */
function schemaOf(content: Content | undefined): Schema {
  const schema = content?.content?.["application/json"]?.schema;
  if (schema) return schema;
  throw new TypeError("Cannot find a schema of an operation in NAMES");
}

function declaration(name: string, comment = "", schema: Schema): string {
  return `/** ${comment}. */\nexport type ${name} = ${typeOf(schema)};`;
}

/** @throws {TypeError} For a keyword that the API's schemas do not use yet. */
function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) {
    return union(schema.enum.map((value) => JSON.stringify(value)));
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return union(variants.map(typeOf));
  switch (schema.type) {
    case "object":
      return objectType(schema);
    case "array":
      return `${parenthesized(typeOf(schema.items ?? {}))}[]`;
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
  }
  if (schema.not && Object.keys(schema.not).length === 0) return "never";
  throw new TypeError(`Cannot convert the schema ${JSON.stringify(schema)}`);
}

function objectType(
  { properties, required = [], additionalProperties }: Schema,
): string {
  if (properties === undefined) {
    const values = typeof additionalProperties === "object"
      ? typeOf(additionalProperties)
      : "unknown";
    return `Record<string, ${values}>`;
  }
  const members = Object.entries(properties).map(([name, schema]) => {
    const comment = schema.description ? `/** ${schema.description}. */\n` : "";
    const optional = required.includes(name) ? "" : "?";
    return `${comment}${name}${optional}: ${typeOf(schema)};`;
  });
  return `{\n${members.join("\n")}\n}`;
}

function union(types: string[]): string {
  return types.join(" | ");
}

function parenthesized(type: string): string {
  return type.includes("|") ? `(${type})` : type;
}

async function format(code: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const [{ success, stdout }] = await Promise.all([
    process.output(),
    ReadableStream.from([new TextEncoder().encode(code)]).pipeTo(process.stdin),
  ]);
  if (!success) throw new Error("Cannot format the client's types");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await Deno.writeTextFile(FILE, await clientTypes());
