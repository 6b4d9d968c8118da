import { describe, expect, it } from '@jest/globals';
import { ERRORS } from './errors.js';
import { openApiDocument } from './openapi.js';
import type { OpenApiOperation } from './openapi-document.js';
import { routeErrors } from './route.js';
import { allRoutes } from './routes.js';

const document = openApiDocument('http://127.0.0.1:8080');

function operation(method: string, path: string): OpenApiOperation {
  const found = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${method} ${path} is not documented`);
  return found;
}

function references(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : references(value),
  );
}

function resolve(reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>(
    (node, step) => (node as Record<string, unknown> | undefined)?.[step],
    document,
  );
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with its one server, and survives JSON', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'http://127.0.0.1:8080' }] });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(openApiDocument('http://127.0.0.1:8080')).toEqual(document);
  });

  it('has one operation for each row of the contract and no other', () => {
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const contracted = allRoutes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(documented.sort()).toEqual(contracted.sort());
    expect(new Set(contracted).size).toBe(contracted.length);
  });

  it('names every operation once', () => {
    const ids = allRoutes.map(({ method, path }) => operation(method, path).operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operation('POST', '/cart/items/:productId/add').operationId).toBe('postCartItemsByProductIdAdd');
  });

  it('resolves every reference', () => {
    expect(references(document).filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it.each(allRoutes)('documents the path of $method $path as its parameters', ({ method, path }) => {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const inPath = (operation(method, path).parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => name)).toEqual(named);
    expect(inPath.every(({ required }) => required)).toBe(true);
  });

  it.each(allRoutes)('documents every error of $method $path as a problem document', (contract) => {
    const { responses } = operation(contract.method, contract.path);
    for (const code of routeErrors(contract)) {
      const problem = responses[ERRORS[code].status]?.content?.['application/problem+json'];
      expect(problem?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
      expect(problem?.examples).toHaveProperty(code, { $ref: `#/components/examples/${code}` });
    }
  });

  it('asks for a bearer token or a cookie wherever a session is needed, and for a secret of service clients', () => {
    expect(document.components['securitySchemes']).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
      basic: { type: 'http', scheme: 'basic' },
    });
    const open = { public: [], client: [], 'service-client': [{ basic: [] }] };
    for (const { method, path, access } of allRoutes.filter((contract) => !contract.takesBasic)) {
      const wanted = Object.entries(open).find(([kind]) => kind === access)?.[1];
      expect(operation(method, path).security).toEqual(wanted ?? [{ bearer: [] }, { cookie: [] }]);
    }
  });

  it('shows both ways to a token: a public client names itself in the form, a service by Basic', () => {
    expect(allRoutes.filter(({ takesBasic }) => takesBasic).map(({ path }) => path)).toEqual([
      '/oauth/token',
    ]);
    expect(operation('POST', '/oauth/token').security).toEqual([{}, { basic: [] }]);
  });

  it('says which roles a route is for, and where one must have stepped up', () => {
    expect(operation('GET', '/users').description).toBe('Roles: `admin`.');
    expect(operation('GET', '/users/:id').description).toContain('What belongs to others: `admin`.');
    expect(operation('POST', '/auth/users/:id/disable').description).toContain('stepped up');
    expect(operation('GET', '/cart').description).toBeUndefined();
  });

  it('says of what needs a session how old its knowledge may be', () => {
    const headers = operation('GET', '/cart').responses['200']?.headers;
    expect(Object.keys(headers ?? {})).toEqual(expect.arrayContaining(['x-session-age', 'x-session-data']));
    expect(operation('GET', '/products').responses['200']?.headers).not.toHaveProperty('x-session-age');
  });

  it('documents both ways in which a sign-in answers', () => {
    const { responses } = operation('POST', '/auth/login');
    expect(responses['200']?.content?.['application/json']?.schema).toEqual({
      anyOf: [{ $ref: '#/components/schemas/Tokens' }, { $ref: '#/components/schemas/CookieSession' }],
    });
  });

  it('says what POST /orders needs: a key, and a body only if one is wanted', () => {
    const { parameters, requestBody, responses } = operation('POST', '/orders');
    expect(parameters).toEqual([
      expect.objectContaining({ name: 'idempotency-key', in: 'header', required: true }),
    ]);
    expect(requestBody?.required).toBe(false);
    expect(responses['201']?.content?.['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/Order',
    });
    expect(responses['409']?.description).toContain('ERR_CONFLICT');
  });

  it('documents limits where zod checks them', () => {
    const limit = operation('GET', '/orders').parameters?.find(({ name }) => name === 'limit');
    expect(limit).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    });
    expect(document.components['schemas']).toHaveProperty('SetQuantity.properties.quantity', {
      type: 'integer',
      minimum: 0,
      maximum: 99,
    });
  });
});
