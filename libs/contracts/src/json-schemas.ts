import { z, type ZodType } from 'zod';

/** A JSON Schema (2020-12), the dialect of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const IN_DOCUMENT = '#/components/schemas/';

/**
 * Turns zod schemas into JSON Schemas. Those that carry an id (`meta({ id })`) come once, in `components`,
 * and are referred to; all others are written where they stand.
 */
export class JsonSchemas {
  readonly components: Record<string, JsonSchema> = {};

  /** `input`: what a client may send; `output`: what it gets. */
  convert(schema: ZodType, io: 'input' | 'output'): JsonSchema {
    const converted = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => tidy(jsonSchema, io) });
    const { $schema: _dialect, $defs = {}, ...inline } = rewriteReferences(converted);
    for (const [id, definition] of Object.entries($defs as Record<string, JsonSchema>))
      this.#add(id, definition);
    return inline;
  }

  #add(id: string, definition: JsonSchema): void {
    const known = this.components[id];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new TypeError(`Two different schemas are called ${id}.`);
    }
    this.components[id] = definition;
  }
}

function tidy(schema: Record<string, unknown>, io: 'input' | 'output'): void {
  // A format says what zod's pattern for it spells out over hundreds of characters.
  if (schema['format'] !== undefined) delete schema['pattern'];
  // A client must take members that a later version adds.
  if (io === 'output') delete schema['additionalProperties'];
}

function rewriteReferences(schema: object): Record<string, unknown> {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"${IN_DOCUMENT}`);
  return JSON.parse(text) as Record<string, unknown>;
}
