// Reads an OpenAPI 3.1 document: its operations by tag, and a schema as an example-like text, deep enough to use.

const DEEP = 4;

// Map of tag -> [{method, path, summary, description, parameters, body, answers}]
export function operations(document) {
  const tags = new Map();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of ["get", "post", "put", "delete"].filter((name) => item[name])) {
      const one = operation(method, path, item[method], document);
      const tag = item[method].tags?.[0] ?? "others";
      tags.set(tag, [...(tags.get(tag) ?? []), one]);
    }
  }
  return tags;
}

function operation(method, path, { summary = "", description = "", parameters = [], requestBody, responses = {} }, document) {
  return {
    method: method.toUpperCase(),
    path,
    summary,
    description: description.trim(),
    parameters: parameters.map(({ name, in: where, required, description, schema }) => ({ name, where, required, description, type: shape(schema, document, DEEP) })),
    body: Object.values(requestBody?.content ?? {})[0]?.schema ?? null,
    answers: Object.entries(responses).filter(([status]) => status < 300).map(([status, { description: said, content = {} }]) => {
      const [type, inside] = Object.entries(content)[0] ?? [null, null];
      const example = inside?.example === undefined ? null : text(inside.example);
      return { status, type: type === "application/json" ? "" : type, schema: inside?.schema && Object.keys(inside.schema).length ? inside.schema : null, said, example };
    }),
  };
}

const text = (example) => (typeof example === "string" ? example : JSON.stringify(example, null, 2));

const SIMPLE = { string: "text", number: "number", integer: "whole number", boolean: "true or false", null: "null" };

export function shape(schema, document, deep = 0, indent = "") {
  if (!schema) return "anything";
  if (schema.$ref) return shape(resolve(schema.$ref, document), document, deep, indent);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((one) => shape(one, document, deep, indent)).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  if (schema.prefixItems) return `[${schema.prefixItems.map((one) => shape(one, document, deep, indent)).join(", ")}]`;
  if (schema.type === "array") return deep >= DEEP ? "list" : `[${shape(schema.items, document, deep, indent)}, ...]`;
  if (schema.properties) return deep >= DEEP ? "{...}" : inBraces(Object.entries(schema.properties), document, deep, indent);
  if (schema.type === "object") return schema.additionalProperties ? `{name: ${shape(schema.additionalProperties === true ? null : schema.additionalProperties, document, deep + 1, indent)}}` : "{...}";
  return SIMPLE[schema.type] ?? "anything";
}

function inBraces(properties, document, deep, indent) {
  const inner = `${indent}  `;
  return `{\n${properties.map(([name, one]) => `${inner}"${name}": ${shape(one, document, deep + 1, inner)}`).join(",\n")}\n${indent}}`;
}

const resolve = (ref, document) => ref.slice(2).split("/").reduce((place, name) => place?.[name], document);

export function curl({ method, path, parameters, body }, document) {
  const base = new URL(".", location.href).href.replace(/\/$/, "");
  const wanted = parameters.filter(({ where, required }) => where === "query" && required).map(({ name }) => `${name}=...`);
  const url = `${base}${path}${wanted.length ? `?${wanted.join("&")}` : ""}`;
  const named = document?.components?.securitySchemes ? " -H 'Authorization: Bearer TOKEN'" : "";
  return method === "GET" ? `curl${named} '${url}'` : `curl${named} -X ${method} -H 'Content-Type: application/json' ${body ? "-d '{...}' " : ""}'${url}'`;
}
