import type { ZodType } from 'zod';
import { JsonSchemas, type JsonSchema } from './json-schemas.js';
import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from './openapi-document.js';
import { problemExamples, RESPONSE_HEADERS, responsesOf } from './openapi-responses.js';
import { problemSchema } from './problem.js';
import type { RouteContract } from './route.js';
import { allRoutes } from './routes.js';

const TAGS = [
  { name: 'auth', description: 'Accounts, sign-in, sessions and tokens.' },
  { name: 'user', description: 'Profiles and preferences.' },
  { name: 'order', description: 'Products, cart and orders.' },
];

/**
 * The whole HTTP contract as one OpenAPI 3.1 document, made from the routes' tables: what validates
 * requests is what is documented. Pure: the same document for the same `baseUrl`, which becomes its only server.
 */
export function openApiDocument(baseUrl: string): OpenApiDocument {
  const schemas = new JsonSchemas();
  schemas.convert(problemSchema, 'output');
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const contract of allRoutes) {
    const path = contract.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '0.1.0',
      description:
        'Every route of the platform, reached through the gateway. Errors are RFC 9457 documents; switch on `code`.',
    },
    servers: [{ url: baseUrl }],
    tags: TAGS,
    paths,
    components: {
      schemas: schemas.components,
      examples: problemExamples(),
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token by RFC 9068, from POST /auth/login or POST /oauth/token.',
        },
      },
    },
  };
}

function operation(contract: RouteContract, schemas: JsonSchemas): OpenApiOperation {
  const { access, body, method, path, service, summary } = contract;
  const parameters = parametersOf(contract, schemas);
  return {
    operationId: operationId(method, path),
    summary,
    tags: [service],
    // A form of an OAuth client names the client itself (RFC 6749 2.1).
    security: access === 'public' || access === 'client' ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: body.required ?? true,
        content: { [body.type]: { schema: schemas.convert(body.schema, 'input') } },
      },
    }),
    responses: responsesOf(contract, schemas),
  };
}

/** `GET /orders/:id` → `getOrdersById`. */
function operationId(method: string, path: string): string {
  const words = path.replaceAll(':', 'by-').split(/[^A-Za-z0-9]+/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function parametersOf({ params, query, headers }: RouteContract, schemas: JsonSchemas): OpenApiParameter[] {
  const from = (place: OpenApiParameter['in'], schema: ZodType | undefined): OpenApiParameter[] => {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = schemas.convert(schema, 'input') as {
      properties?: Record<string, JsonSchema>;
      required?: readonly string[];
    };
    return Object.entries(properties).map(([name, { description, ...member }]) => ({
      name,
      in: place,
      required: required.includes(name),
      ...(typeof description === 'string' && { description }),
      schema: member,
    }));
  };
  return [...from('path', params), ...from('query', query), ...from('header', headers)];
}
