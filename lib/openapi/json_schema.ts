import { type ConversionConfig, toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** A schema or another part of the document; its values are JSON. */
export type Part = Record<string, unknown>;

/**
 * A caller sees what goes in, not what becomes of it. Checks by code have no
 * words in JSON Schema: a schema that has one says the same in its metadata.
 */
const CONVERSION: ConversionConfig = {
  target: "draft-2020-12",
  typeMode: "input",
  errorMode: "ignore",
  ignoreActions: ["trim"],
};

/** A schema of ours as JSON Schema. */
export function asJsonSchema(schema: v.GenericSchema): Part {
  const { $schema: _, ...rest } = toJsonSchema(schema, CONVERSION);
  return rest;
}

/**
 * The same for a form or a query: other fields are not read, but none may be
 * given twice, as a list would be.
 */
export function asFieldsSchema(schema: v.GenericSchema): Part {
  return {
    type: "object",
    ...asJsonSchema(schema),
    additionalProperties: { type: ["string", "number", "boolean", "null"] },
  };
}

/**
 * The parameters of a query or of headers, one for each field. Rules between
 * fields need one schema: such a query is a single parameter, which `explode`
 * spreads over the fields.
 */
export function parametersOf(
  place: "query" | "header",
  schema: v.GenericSchema | undefined,
  example?: object,
): Part[] {
  if (schema === undefined) return [];
  const { properties, required = [] } = asJsonSchema(schema) as {
    properties?: Record<string, Part>;
    required?: string[];
  };
  if (properties === undefined) {
    return [{
      ...{ name: "fields", in: place, style: "form", explode: true },
      description: "Each field is a parameter: `?flow=…&locale=…`",
      ...(example && { example }),
      schema: asFieldsSchema(schema),
    }];
  }
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: place, required: required.includes(name), schema },
  }));
}
