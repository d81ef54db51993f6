import { type ConversionConfig, toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** A JSON part of the document, such as a schema. */
export type Part = Record<string, unknown>;

/**
 * Documents the input of schemas, not their output. JSON Schema cannot express
 * custom checks; schemas with one describe it in their metadata.
 */
const CONVERSION: ConversionConfig = {
  target: "draft-2020-12",
  typeMode: "input",
  errorMode: "ignore",
  ignoreActions: ["trim"],
};

/** Converts a valibot schema to JSON Schema. */
export function asJsonSchema(schema: v.GenericSchema): Part {
  const { $schema: _, ...rest } = toJsonSchema(schema, CONVERSION);
  return rest;
}

/**
 * Converts the schema of a form or a query. Other fields are ignored, but may
 * not be lists, as no field may be given twice.
 */
export function asFieldsSchema(schema: v.GenericSchema): Part {
  return {
    type: "object",
    ...asJsonSchema(schema),
    additionalProperties: { type: ["string", "number", "boolean", "null"] },
  };
}

/**
 * Returns the parameters of a query or headers, one per field. A schema with
 * variants is a single parameter, which `explode` spreads over its fields.
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
      name: "fields",
      in: place,
      style: "form",
      explode: true,
      description: "Each field is a parameter: `?flow=…&locale=…`",
      ...(example && { example }),
      schema: asFieldsSchema(schema),
    }];
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
}
