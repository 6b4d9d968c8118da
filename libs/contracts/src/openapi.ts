import type { ZodType } from 'zod';
import { JsonSchemas, type JsonSchema } from './json-schemas.js';
import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from './openapi-document.js';
import { problemExamples, RESPONSE_HEADERS, responsesOf } from './openapi-responses.js';
import { problemSchema } from './problem.js';
import { PERMISSIONS } from './permissions.js';
import { needsSession, permissionOf, type RouteContract } from './route.js';
import { SESSION_COOKIE } from './session-cookie.js';
import { allRoutes } from './routes.js';

const TAGS = [
  { name: 'auth', description: 'Accounts, sign-in, sessions and tokens.' },
  { name: 'user', description: 'Profiles and preferences.' },
  { name: 'order', description: 'Products, cart and orders.' },
  { name: 'gateway', description: 'Operations, which the gateway answers itself.' },
];

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'Access token by RFC 9068, from POST /auth/login or POST /oauth/token; with the strategy `token` beside the `x-session-data` that was last given.',
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description:
      'Session of a browser, from POST /auth/login with the transport `cookie`; never with a bearer token.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'Id and secret of a service.' },
};

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
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function operation(contract: RouteContract, schemas: JsonSchemas): OpenApiOperation {
  const { body, method, path, service, summary } = contract;
  const parameters = parametersOf(contract, schemas);
  const description = whoMay(contract);
  return {
    operationId: operationId(method, path),
    summary,
    tags: [service],
    ...(description !== '' && { description }),
    security: securityOf(contract),
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

/** Each entry is enough by itself. The form of a public client names the client (RFC 6749 2.1): that is the empty one. */
function securityOf({ access, takesBasic }: RouteContract): OpenApiOperation['security'] {
  if (needsSession({ access })) return [{ bearer: [] }, { cookie: [] }];
  if (access === 'service-client') return [{ basic: [] }];
  return takesBasic ? [{}, { basic: [] }] : [];
}

/** What a session must have, in words: OpenAPI has no other place for it. */
function whoMay(contract: RouteContract): string {
  const { ofOthers, stepUp } = contract;
  const permission = permissionOf(contract);
  const holders = (name: keyof typeof PERMISSIONS) =>
    PERMISSIONS[name].map((role) => `\`${role}\``).join(', ');
  return [
    permission && `Roles: ${holders(permission)}.`,
    ofOthers && `What belongs to others: ${holders(ofOthers)}.`,
    stepUp && 'The session has stepped up in the last 5 minutes.',
  ]
    .filter(Boolean)
    .join(' ');
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
