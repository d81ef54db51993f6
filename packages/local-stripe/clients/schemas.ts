/** A schema of Stripe's OpenAPI, with the keywords that constrain an object. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  enum?: unknown[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  maxLength?: number;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  type?: "array" | "boolean" | "integer" | "number" | "object" | "string";
}

type Schemas = Record<string, Schema>;

/** Checks objects against the schemas of Stripe's OpenAPI. */
export class Validator {
  /** By object type. */
  readonly #types = new Map<string, Schema>();

  constructor(readonly schemas: Schemas) {
    for (const [name, schema] of Object.entries(schemas)) {
      const [type] = schema.properties?.["object"]?.enum ?? [];
      if (typeof type !== "string" || name.startsWith("deleted_")) continue;
      if (!this.#types.has(type)) this.#types.set(type, schema);
    }
  }

  /** The differences of an object from the schema of its type, as `type.member: problem`. */
  check(object: Record<string, unknown>): string[] {
    const type = String(object["object"]);
    const schema = object["deleted"] === true
      ? this.schemas[`deleted_${type}`]
      : this.#types.get(type);
    if (schema === undefined) return [`${type}: unknown type`];
    return this.#differences(object, schema, type);
  }

  #differences(value: unknown, given: Schema, at: string): string[] {
    const schema = this.#resolve(given);
    if (value === null) return given.nullable ? [] : [`${at}: null`];
    if (schema.anyOf) return this.#anyOf(value, schema.anyOf, at);
    if (schema.enum && !schema.enum.includes(value)) {
      return [`${at}: ${JSON.stringify(value)} is not listed`];
    }
    if (schema.type !== undefined && !HAS_TYPE[schema.type](value)) {
      return [`${at}: not ${schema.type}`];
    }
    if (typeof value === "string" && value.length > (schema.maxLength ?? 1e9)) {
      return [`${at}: longer than ${schema.maxLength}`];
    }
    if (Array.isArray(value)) {
      const { items = {} } = schema;
      return value.flatMap((item) => this.#differences(item, items, at));
    }
    if (!isRecord(value)) return [];
    const type = String(value["object"]);
    // Expanded objects have the differences of their own type.
    return this.#members(value, schema, this.#types.has(type) ? type : at);
  }

  #members(
    value: Record<string, unknown>,
    { additionalProperties: more, properties, required = [] }: Schema,
    at: string,
  ): string[] {
    const known = properties ?? {};
    const missing = required.filter((name) => value[name] === undefined);
    const found = Object.entries(value).flatMap(([name, member]) => {
      const schema = known[name] ?? (typeof more === "object" ? more : null);
      if (schema !== null) {
        return this.#differences(member, schema, `${at}.${name}`);
      }
      const open = properties === undefined || more === true;
      return open ? [] : [`${at}.${name}: unknown`];
    });
    return [...missing.map((name) => `${at}.${name}: missing`), ...found];
  }

  /** The differences from the alternative that fits best. */
  #anyOf(value: unknown, alternatives: Schema[], at: string): string[] {
    const type = isRecord(value) ? value["object"] : undefined;
    const all = alternatives.map((schema) => this.#resolve(schema));
    const same = all.filter(({ properties }) =>
      type !== undefined && properties?.["object"]?.enum?.[0] === type
    );
    const results = (same.length > 0 ? same : all)
      .map((schema) => this.#differences(value, schema, at))
      .sort((a, b) => a.length - b.length);
    return results[0] ?? [];
  }

  #resolve(schema: Schema): Schema {
    const name = schema.$ref?.split("/").at(-1);
    if (name === undefined) return schema;
    const found = this.schemas[name];
    if (found === undefined) throw new Error(`Cannot find the schema ${name}`);
    return found;
  }
}

const HAS_TYPE: Record<
  NonNullable<Schema["type"]>,
  (value: unknown) => boolean
> = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  number: (value) => typeof value === "number",
  object: isRecord,
  string: (value) => typeof value === "string",
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The top-level objects of a response, and the data of events. */
export function objectsOf(body: unknown): Record<string, unknown>[] {
  if (!isRecord(body)) return [];
  const { data, object } = body;
  if (object === "list" || object === "search_result") {
    return Array.isArray(data) ? data.flatMap(objectsOf) : [];
  }
  if (object === "event" && isRecord(data)) {
    const { data: _data, ...event } = body;
    return [{ ...event, data }, ...objectsOf(data["object"])];
  }
  return typeof object === "string" ? [body] : [];
}
