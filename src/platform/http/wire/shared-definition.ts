import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = { type?: 'object'; properties?: Record<string, unknown>; required?: string[] };

interface DeclaredPart {
  readonly name: string;
  readonly model: string;
  readonly fields: readonly string[];
}

const PARTS: DeclaredPart[] = [];

/**
 * Documents some fields of a wire class as a separate definition. The recorded contract has such definitions for fields
 * that several classes share; no operation refers to them, but generated clients have types with these names.
 */
export const SharedDefinition =
  (name: string, model: string, ...fields: string[]): ClassDecorator =>
  () => {
    PARTS.push({ name, model, fields });
  };

/** Adds the declared parts of all classes in the document. */
export function addSharedDefinitions(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const { name, model, fields } of PARTS) {
    const whole = schemas[model];
    if (whole) schemas[name] = pick(whole, fields);
  }
  return document;
}

function pick({ properties = {}, required = [] }: Schema, fields: readonly string[]): Schema {
  const chosen = required.filter((field) => fields.includes(field));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field, properties[field]])),
    ...(chosen.length > 0 && { required: chosen }),
  };
}
